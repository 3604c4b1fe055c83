/** The log of operators' actions, with filters and the verification of its chain. */
import { useState } from 'preact/hooks'
import type { LogEntry } from '../../../src/operators/desk-types'
import { Button } from '../../shared/button'
import { useMay } from '../base/operator'
import { withQuery } from '../base/request'
import { usePages } from '../base/use-pages'
import { replaceQuery } from '../base/use-route'
import { Paged } from '../parts/paged'
import { TextField } from '../parts/text-field'
import { View } from '../parts/view'
import { LogItem } from './log-item'
import { Verify } from './verify'
import './log.css'

interface Body {
  readonly items: readonly LogEntry[]
  readonly next: string | null
}

type Query = Readonly<Record<string, string>>

function Filter({ query }: { readonly query: Query }) {
  const may = useMay()
  const { operator = '', subject = '', action = '' } = query
  const [given, setGiven] = useState({ operator, subject, action })
  const field = (name: keyof typeof given, label: string) => (
    <TextField
      label={label}
      name={name}
      value={given[name]}
      onInput={(value) => setGiven({ ...given, [name]: value })}
    />
  )
  const trimmed = Object.fromEntries(
    Object.entries(given).map(([name, value]) => [name, value.trim()]),
  )
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    replaceQuery(['log'], trimmed)
  }
  const clear = () => {
    setGiven({ operator: '', subject: '', action: '' })
    replaceQuery(['log'], {})
  }
  return (
    <form class="filter" onSubmit={submit}>
      {field('operator', 'UUID of the operator')}
      {field('subject', 'Subject: UUID or reference')}
      {field('action', 'Action, such as refund_proposed')}
      <Button kind="primary">Filter</Button>
      <Button onClick={clear}>Clear</Button>
      {may('finance.export') && (
        <a class="button link" href={withQuery('/operator/log.csv', query)} download>
          Download CSV
        </a>
      )}
    </form>
  )
}

export function Log({ query }: { readonly query: Query }) {
  const { operator = '', subject = '', action = '' } = query
  const pages = usePages<Body, LogEntry>({
    path: withQuery('/operator/log', { operator, subject, action }),
    cursor: 'cursor',
    pageOf: (body) => body,
  })
  return (
    <View title="Log">
      <Verify />
      <Filter query={query} />
      <Paged pages={pages} things="entries" empty="No entry matches. Clear the filter.">
        {(items) => (
          <ol class="entries" aria-label="Entries">
            {items.map((entry) => (
              <LogItem key={entry.seq} entry={entry} />
            ))}
          </ol>
        )}
      </Paged>
    </View>
  )
}
