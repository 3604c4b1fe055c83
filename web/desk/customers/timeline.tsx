/** Everything that happened to a customer, the newest first. */
import type { TimelineBody, TimelineItem as Item } from '../../../src/operators/desk-types'
import { withQuery } from '../base/request'
import { replaceQuery } from '../base/use-route'
import { usePages } from '../base/use-pages'
import { Paged } from '../parts/paged'
import { Select } from '../parts/select'
import { GROUPS } from './timeline-groups'
import { TimelineItem } from './timeline-item'

interface TimelineProps {
  readonly customer: string
  readonly query: Readonly<Record<string, string>>
  readonly onChanged: () => void
}

export function Timeline({ customer, query, onChanged }: TimelineProps) {
  const kinds = query['kinds'] ?? ''
  const pages = usePages<TimelineBody, Item>({
    path: withQuery(`/operator/customers/${encodeURIComponent(customer)}/timeline`, { kinds }),
    cursor: 'before',
    pageOf: (body) => body,
  })
  const known: readonly (readonly [string, string])[] = GROUPS
  const options = known.some(([value]) => value === kinds)
    ? known
    : [...known, [kinds, kinds] as const]
  return (
    <>
      <div class="filter">
        <Select
          label="Show"
          value={kinds}
          options={options}
          onChange={(value) => replaceQuery(['customers', customer], { kinds: value })}
        />
      </div>
      <Paged
        pages={pages}
        things="events"
        empty={kinds ? 'No such event. Choose "Everything".' : 'Nothing has happened yet.'}
      >
        {(items) => (
          <ol class="events" aria-label="Timeline">
            {items.map((item) => (
              <TimelineItem
                key={`${item.at} ${item.kind} ${item.id} ${item.title}`}
                item={item}
                customer={customer}
                onChanged={onChanged}
              />
            ))}
          </ol>
        )}
      </Paged>
    </>
  )
}
