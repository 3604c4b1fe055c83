/** One exception: what, how old, who has it, and its notes. */
import type { ExceptionBody } from '../../../src/operators/desk-types'
import { Pill } from '../../shared/notes'
import { printNaira } from '../../shared/print'
import { ageOf, printAge, printName } from '../base/print'
import { useMay } from '../base/operator'
import { Facts } from '../parts/facts'
import { Time } from '../parts/time'
import { ExceptionActions } from './exception-actions'
import { SubjectLink } from './subject-link'

interface ExceptionItemProps {
  readonly item: ExceptionBody
  readonly onChanged: () => void
}

const TONES = { open: 'warn', taken: 'live', resolved: 'quiet' } as const

export function ExceptionItem({ item, onChanged }: ExceptionItemProps) {
  const may = useMay()
  const { kind, subject, amount, state, count } = item
  const age = printAge(ageOf(item.noted_at, Date.now()))
  return (
    <li class="card">
      <div class="card-head">
        <h2>{printName(kind)}</h2>
        <Pill tone={TONES[state]}>
          {state === 'resolved' ? 'Resolved' : `${printName(state)} · ${age} old`}
        </Pill>
      </div>
      <Facts
        facts={[
          ['Subject', <SubjectLink key="subject" kind={kind} subject={subject} />],
          ['Amount', amount === null ? null : printNaira(amount)],
          ['First noted', <Time key="first" at={item.noted_at} />],
          [
            'Last noted',
            count > 1 && (
              <>
                <Time at={item.last_noted_at} />, {count} times
              </>
            ),
          ],
          ['Taken by', item.owner_name],
          ['Last note', item.note],
          ['Resolution', item.resolution],
        ]}
      />
      {may('exceptions.act') && <ExceptionActions item={item} onChanged={onChanged} />}
    </li>
  )
}
