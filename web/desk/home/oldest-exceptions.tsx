/** Open exceptions, the oldest first. */
import type { ExceptionBody } from '../../../src/operators/desk-types'
import { Empty } from '../../shared/notes'
import { Section } from '../../shared/section'
import { ageOf, printAge, printName, printShort } from '../base/print'
import { linkTo } from '../base/route'
import { useLoad } from '../base/use-load'
import { Loaded } from '../parts/loaded'

const SHOWN = 6

const byAge = (a: ExceptionBody, b: ExceptionBody): number =>
  Date.parse(a.noted_at) - Date.parse(b.noted_at)

function Items({ items }: { readonly items: readonly ExceptionBody[] }) {
  if (items.length === 0) return <Empty>No exception is open. Nothing to do here.</Empty>
  return (
    <ul class="rows">
      {items
        .toSorted(byAge)
        .slice(0, SHOWN)
        .map(({ kind, subject, noted_at: notedAt }) => (
          <li key={`${kind} ${subject}`}>
            <a href={linkTo(['exceptions'], { kind })}>{printName(kind)}</a>
            <code title={subject}>{printShort(subject)}</code>
            <span class="note number">{printAge(ageOf(notedAt, Date.now()))}</span>
          </li>
        ))}
    </ul>
  )
}

export function OldestExceptions() {
  const found = useLoad<{ readonly exceptions: readonly ExceptionBody[] }>(
    '/operator/exceptions?state=open&limit=100',
  )
  return (
    <Section title="Open exceptions" aside={<a href="#/exceptions">All</a>}>
      <Loaded from={found}>{({ exceptions }) => <Items items={exceptions} />}</Loaded>
    </Section>
  )
}
