/** Differences from the version that is in effect before: the changed rows first. */
import { useEffect, useState } from 'preact/hooks'
import type { DifferenceBody, DifferencesBody } from '../../../src/operators/tariffs/types'
import { Button } from '../../shared/button'
import { Empty, Pill } from '../../shared/notes'
import { useAction } from '../../shared/use-action'
import { printCount } from '../base/print'
import { get } from '../base/request'
import { Facts } from '../parts/facts'
import { ProblemLine } from '../parts/problem-line'
import { Table } from '../parts/table'
import { changeOf, priceOf, stepsOf } from './words'

interface DifferencesProps {
  readonly path: string
  readonly first: DifferencesBody
}

const TONES = { added: 'good', removed: 'bad', changed: 'warn' } as const
const HEADS = [
  'Prefix',
  'Row',
  'Change',
  { text: 'Before', isNumber: true },
  { text: 'After', isNumber: true },
  { text: 'Price', isNumber: true },
  'Charged',
]

const Row = ({ difference: { kind, before, after } }: { readonly difference: DifferenceBody }) => {
  const row = after ?? before
  if (!row) return null
  const [from, to] = [before?.kobo_per_minute ?? null, after?.kobo_per_minute ?? null]
  return (
    <tr>
      <th scope="row">
        {row.prefix} {row.type && <span class="note">{row.type}</span>}
      </th>
      <td>{row.id}</td>
      <td>
        <Pill tone={TONES[kind]}>{kind}</Pill>
      </td>
      <td class="number">{priceOf(before)}</td>
      <td class="number">{priceOf(after)}</td>
      <td class="number">{from !== null && to !== null && from !== to && changeOf(from, to)}</td>
      <td>{stepsOf(row)}</td>
    </tr>
  )
}

export function Differences({ path, first }: DifferencesProps) {
  const [items, setItems] = useState(first.differences)
  const [next, setNext] = useState(first.next)
  const { act, isBusy, problem } = useAction()
  useEffect(() => {
    setItems(first.differences)
    setNext(first.next)
  }, [first])
  const readMore = () =>
    act(async () => {
      const answer = await get<DifferencesBody>(`${path}/differences?offset=${next}`)
      if (!answer.ok) return answer.problem
      setItems([...items, ...answer.value.differences])
      setNext(answer.value.next)
      return undefined
    })
  const { counts } = first
  if (items.length === 0) return <Empty>No price differs from the previous version.</Empty>
  return (
    <>
      <Facts
        facts={[
          ['Changed', printCount(counts.changed)],
          ['Dearer', printCount(counts.dearer)],
          ['Cheaper', printCount(counts.cheaper)],
          ['Added', printCount(counts.added)],
          ['Removed', printCount(counts.removed)],
        ]}
      />
      <Table caption="Differences" heads={HEADS}>
        {items.map((difference) => {
          const row = difference.after ?? difference.before
          return <Row key={`${row?.prefix} ${row?.type}`} difference={difference} />
        })}
      </Table>
      <ProblemLine problem={problem} />
      {next !== null && (
        <Button isSmall isBusy={isBusy} label="Load more differences" onClick={readMore}>
          Load more
        </Button>
      )}
    </>
  )
}
