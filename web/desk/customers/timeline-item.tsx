/** One event of the timeline, with the actions that it allows. */
import type { TimelineItem as Item } from '../../../src/operators/desk-types'
import { printMovement, printNaira } from '../../shared/print'
import { KINDS, wordOf } from '../../shared/words'
import { isInstant, printName } from '../base/print'
import { Identifier } from '../parts/identifier'
import { Time } from '../parts/time'
import { ItemActions } from './item-actions'
import { KIND_WORDS } from './timeline-groups'

interface TimelineItemProps {
  readonly item: Item
  readonly customer: string
  readonly onChanged: () => void
}

const titleOf = ({ kind, title }: Item): string =>
  kind === 'entry' ? wordOf(KINDS, title) : printName(title)

export function TimelineItem({ item, customer, onChanged }: TimelineItemProps) {
  const { at, kind, id, amount, facts } = item
  return (
    <li class={`event ${kind}`}>
      <div class="event-head">
        <span class="event-kind">{wordOf(KIND_WORDS, kind)}</span>
        <strong>{titleOf(item)}</strong>
        {amount !== null && (
          <span class={`number amount${amount > 0 && kind === 'entry' ? ' plus' : ''}`}>
            {kind === 'entry' ? printMovement(amount) : printNaira(amount)}
          </span>
        )}
        <Time at={at} isExact />
      </div>
      <div class="event-facts note">
        {facts.map(([name, value]) => (
          <span key={name}>
            {name}:{' '}
            <span class="event-value">{isInstant(value) ? <Time at={value} /> : value}</span>
          </span>
        ))}
        <Identifier id={id} />
      </div>
      <ItemActions item={item} customer={customer} onChanged={onChanged} />
    </li>
  )
}
