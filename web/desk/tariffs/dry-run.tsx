/** Charges of yesterday's calls as they were, and as this version would have made them. */
import { useState } from 'preact/hooks'
import type { DryRunBody } from '../../../src/operators/tariffs/types'
import { Button } from '../../shared/button'
import { printKobo } from '../../shared/print'
import { useAction } from '../../shared/use-action'
import { printCount } from '../base/print'
import { post } from '../base/request'
import { Facts } from '../parts/facts'
import { ProblemLine } from '../parts/problem-line'
import { Table } from '../parts/table'
import { changeOf } from './words'

const HEADS = [
  'Prefix',
  'Type',
  { text: 'Calls', isNumber: true },
  { text: 'Charged', isNumber: true },
  { text: 'Would be', isNumber: true },
]

function Result({ run }: { readonly run: DryRunBody }) {
  const { charged_kobo: charged, would_be_kobo: wouldBe, greatest } = run
  return (
    <div role="status" class="stack">
      <Facts
        facts={[
          ['Day in Lagos', run.day],
          ['Calls', printCount(run.calls)],
          ['Charged', printKobo(charged)],
          [
            'Would be',
            `${printKobo(wouldBe)} ${charged === wouldBe ? '' : changeOf(charged, wouldBe)}`,
          ],
          ['Dearer calls', printCount(run.dearer)],
          ['Cheaper calls', printCount(run.cheaper)],
          ['Calls no longer allowed', printCount(run.not_allowed)],
          ['Calls without a number', run.without_number > 0 && printCount(run.without_number)],
        ]}
      />
      {run.is_partial && <p class="note">The day has too many calls: a random part was used.</p>}
      {greatest.length > 0 && (
        <Table caption="Greatest differences" heads={HEADS}>
          {greatest.map((total) => (
            <tr key={`${total.prefix} ${total.type}`}>
              <th scope="row">{total.prefix ?? 'Not allowed'}</th>
              <td>{total.type}</td>
              <td class="number">{printCount(total.calls)}</td>
              <td class="number">{printKobo(total.charged_kobo)}</td>
              <td class="number">{printKobo(total.would_be_kobo)}</td>
            </tr>
          ))}
        </Table>
      )}
    </div>
  )
}

export function DryRun({ path }: { readonly path: string }) {
  const [run, setRun] = useState<DryRunBody>()
  const { act, isBusy, problem } = useAction()
  const start = () =>
    act(async () => {
      const answer = await post<DryRunBody>(`${path}/dry-run`)
      if (answer.ok) setRun(answer.value)
      return answer.ok ? undefined : answer.problem
    })
  return (
    <>
      <p class="note">It changes nothing, and can take some seconds.</p>
      <Button isSmall isBusy={isBusy} onClick={start}>
        {isBusy ? 'Running…' : 'Run'}
      </Button>
      <ProblemLine problem={problem} />
      {run && <Result run={run} />}
    </>
  )
}
