/** Prices of one country by prefix, a page at a time. */
import { useCallback, useEffect, useState } from 'preact/hooks'
import type { Rates } from '../../client/client'
import type { Api } from '../shared/api'
import { Button } from '../shared/button'
import { printNaira } from '../shared/print'
import { useAction } from '../shared/use-action'
import { ProblemNote } from '../shared/notes'

interface PrefixesProps {
  readonly api: Api
  readonly country: string
  readonly name: string
}

type Prefix = Rates['prefixes'][number]

const priceOf = ({ per_minute: price, setup }: Prefix): string =>
  price === null
    ? 'Not available'
    : `${printNaira(price)}${setup > 0 ? `, and ${printNaira(setup)} per call` : ''}`

export function Prefixes({ api, country, name }: PrefixesProps) {
  const [rows, setRows] = useState<readonly Prefix[]>([])
  const [next, setNext] = useState<string>()
  const { act, isBusy, problem } = useAction()
  const read = useCallback(
    (cursor?: string) =>
      act(async () => {
        const query = { country, ...(cursor !== undefined && { cursor }) }
        const answer = await api.call<Rates>((client) =>
          client.GET('/rates', { params: { query } }),
        )
        if (!answer.ok) return answer.problem
        setRows((known) =>
          cursor === undefined ? answer.value.prefixes : [...known, ...answer.value.prefixes],
        )
        setNext(answer.next)
        return undefined
      }),
    [act, api, country],
  )
  useEffect(() => read(), [read])
  return (
    <div class="prefixes">
      <ProblemNote problem={problem} />
      <ul aria-label={`Prices of ${name} by prefix`}>
        {rows.map((row) => (
          <li key={`${row.prefix} ${row.type ?? ''}`}>
            <span>
              {row.prefix === '+' ? 'All other numbers' : `${row.prefix}…`}
              {row.type && <span class="note"> {row.type}</span>}
            </span>
            <span>{priceOf(row)}</span>
          </li>
        ))}
      </ul>
      {next !== undefined && (
        <Button isSmall isBusy={isBusy} onClick={() => read(next)}>
          Show more
        </Button>
      )}
    </div>
  )
}
