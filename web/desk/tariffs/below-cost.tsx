/** Destinations whose price is below its cost. A version with one cannot be approved. */
import type { VersionRowsBody } from '../../../src/operators/tariffs/types'
import { printExactKobo } from '../../shared/print'
import { Section } from '../../shared/section'
import { printCount } from '../base/print'
import { useLoad } from '../base/use-load'
import { Failed } from '../parts/loaded'
import { Table } from '../parts/table'

const HEADS = [
  'Prefix',
  'Row',
  'Type',
  { text: 'Price a minute', isNumber: true },
  { text: 'Cost a minute', isNumber: true },
]

export function BelowCost({ path }: { readonly path: string }) {
  const { value, problem, reload } = useLoad<VersionRowsBody>(`${path}?limit=1`)
  if (problem) return <Failed problem={problem} onRetry={() => void reload()} />
  const below = value?.below_cost
  if (!below || below.count === 0) return null
  return (
    <Section title={`${printCount(below.count)} below cost`}>
      <p class="problem">
        Prices below their cost cannot be approved. Correct the file and upload it again.
      </p>
      <Table caption="Destinations below cost" heads={HEADS}>
        {below.first.map((one) => (
          <tr key={`${one.prefix} ${one.type}`}>
            <th scope="row">{one.prefix}</th>
            <td>{one.id}</td>
            <td>{one.type}</td>
            <td class="number bad">{printExactKobo(one.kobo_per_minute)}</td>
            <td class="number">{printExactKobo(one.cost_kobo_per_minute)}</td>
          </tr>
        ))}
      </Table>
    </Section>
  )
}
