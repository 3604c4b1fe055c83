/** Things that a person must look at, with filters by state and kind. */
import { EXCEPTION_KINDS } from '../../../src/exceptions/exception'
import type { ExceptionBody } from '../../../src/operators/desk-types'
import { printName } from '../base/print'
import { withQuery } from '../base/request'
import { usePages } from '../base/use-pages'
import { replaceQuery } from '../base/use-route'
import { Paged } from '../parts/paged'
import { Select } from '../parts/select'
import { View } from '../parts/view'
import { ExceptionItem } from './exception-item'
import './exceptions.css'

interface Body {
  readonly exceptions: readonly ExceptionBody[]
  readonly next: string | null
}

const STATES = [
  ['open', 'Open'],
  ['taken', 'Taken'],
  ['resolved', 'Resolved'],
] as const

const KINDS: readonly (readonly [string, string])[] = [
  ['', 'All kinds'],
  ...EXCEPTION_KINDS.map((kind) => [kind, printName(kind)] as const).toSorted((a, b) =>
    a[1].localeCompare(b[1]),
  ),
]

export function ExceptionList({ query }: { readonly query: Readonly<Record<string, string>> }) {
  const { state = 'open', kind = '' } = query
  const pages = usePages<Body, ExceptionBody>({
    path: withQuery('/operator/exceptions', { state, kind }),
    cursor: 'cursor',
    pageOf: ({ exceptions, next }) => ({ items: exceptions, next }),
  })
  const filter = (change: Readonly<Record<string, string>>) =>
    replaceQuery(['exceptions'], { state, kind, ...change })
  return (
    <View title="Exceptions">
      <div class="filter">
        <Select
          label="State"
          value={state}
          options={STATES}
          onChange={(value) => filter({ state: value })}
        />
        <Select
          label="Kind"
          value={kind}
          options={KINDS}
          onChange={(value) => filter({ kind: value })}
        />
      </div>
      <Paged
        pages={pages}
        things="exceptions"
        empty={
          kind
            ? 'No exception of this kind and state. Choose another filter.'
            : 'No exception in this state. Nothing to do here.'
        }
      >
        {(items) => (
          <ul class="cards" aria-label="Exceptions">
            {items.map((item) => (
              <ExceptionItem
                key={`${item.kind} ${item.subject}`}
                item={item}
                onChanged={() => void pages.reload()}
              />
            ))}
          </ul>
        )}
      </Paged>
    </View>
  )
}
