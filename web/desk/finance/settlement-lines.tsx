/** Lines of a settlement, page by page. */
import { useEffect, useState } from 'preact/hooks'
import type { SettlementDetailBody, SettlementLineBody } from '../../../src/operators/finance/types'
import { Button } from '../../shared/button'
import { Empty, Pill } from '../../shared/notes'
import { printNaira } from '../../shared/print'
import { useAction } from '../../shared/use-action'
import { get } from '../base/request'
import { Identifier } from '../parts/identifier'
import { ProblemLine } from '../parts/problem-line'
import { Table } from '../parts/table'
import { OUTCOMES, wordIn } from './words'

interface SettlementLinesProps {
  readonly path: string
  readonly first: SettlementDetailBody
}

const HEADS = [
  { text: 'Line', isNumber: true },
  'Payment',
  'Gateway reference',
  { text: 'Paid', isNumber: true },
  { text: 'Settled', isNumber: true },
  { text: 'Fee', isNumber: true },
  'Result',
]

const naira = (amount: number | null) => (amount === null ? '–' : printNaira(amount))

const Row = ({ line }: { readonly line: SettlementLineBody }) => {
  const [word, tone] = wordIn(OUTCOMES, line.outcome)
  return (
    <tr>
      <td class="number">{line.line}</td>
      <td>{line.payment_reference ? <Identifier id={line.payment_reference} /> : '–'}</td>
      <td>
        <Identifier id={line.transaction_reference} />
      </td>
      <td class="number">{naira(line.amount_paid)}</td>
      <td class="number">{naira(line.settled_amount)}</td>
      <td class="number">{naira(line.fee)}</td>
      <td>
        <Pill tone={tone}>{word}</Pill>
      </td>
    </tr>
  )
}

export function SettlementLines({ path, first }: SettlementLinesProps) {
  const [lines, setLines] = useState(first.items)
  const [next, setNext] = useState(first.next_line)
  const { act, isBusy, problem } = useAction()
  useEffect(() => {
    setLines(first.items)
    setNext(first.next_line)
  }, [first])
  const readMore = () =>
    act(async () => {
      const answer = await get<SettlementDetailBody>(`${path}?line=${next}`)
      if (!answer.ok) return answer.problem
      setLines([...lines, ...answer.value.items])
      setNext(answer.value.next_line)
      return undefined
    })
  if (lines.length === 0) return <Empty>No line was read yet. Import the settlement again.</Empty>
  return (
    <>
      <Table caption="Lines of the settlement" heads={HEADS}>
        {lines.map((line) => (
          <Row key={line.line} line={line} />
        ))}
      </Table>
      <ProblemLine problem={problem} />
      {next !== null && (
        <Button isSmall isBusy={isBusy} label="Load more lines" onClick={readMore}>
          Load more
        </Button>
      )}
    </>
  )
}
