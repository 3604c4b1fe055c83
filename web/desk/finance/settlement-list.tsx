/** Payouts of the gateway, and whether their lines match the payments. */
import type { SettlementBody, SettlementsBody } from '../../../src/operators/finance/types'
import { Pill } from '../../shared/notes'
import { printNaira } from '../../shared/print'
import { printCount } from '../base/print'
import { withQuery } from '../base/request'
import { linkTo } from '../base/route'
import { usePages } from '../base/use-pages'
import { replaceQuery } from '../base/use-route'
import { Paged } from '../parts/paged'
import { Select } from '../parts/select'
import { Table } from '../parts/table'
import { Time } from '../parts/time'
import { View } from '../parts/view'
import { Tabs } from './tabs'
import { STATES, wordIn } from './words'

const FILTERS = [
  ['', 'All'],
  ...Object.entries(STATES).map(([value, [word]]) => [value, word] as const),
] as const

const HEADS = [
  'Reference',
  'Settled',
  { text: 'Amount', isNumber: true },
  { text: 'Lines', isNumber: true },
  'State',
]

const Row = ({ settlement }: { readonly settlement: SettlementBody }) => {
  const [word, tone] = wordIn(STATES, settlement.state)
  return (
    <tr>
      <th scope="row">
        <a href={linkTo(['finance', 'settlements', settlement.reference])}>
          {settlement.reference}
        </a>
      </th>
      <td>
        <Time at={settlement.settled_at} />
      </td>
      <td class="number">{settlement.amount === null ? '–' : printNaira(settlement.amount)}</td>
      <td class="number">{printCount(settlement.lines)}</td>
      <td>
        <Pill tone={tone}>{word}</Pill>
      </td>
    </tr>
  )
}

export function SettlementList({ query }: { readonly query: Readonly<Record<string, string>> }) {
  const { state = '' } = query
  const pages = usePages<SettlementsBody, SettlementBody>({
    path: withQuery('/operator/finance/settlements', { state }),
    cursor: 'cursor',
    pageOf: ({ settlements, next }) => ({ items: settlements, next }),
  })
  return (
    <View title="Settlements" aside={<Tabs current="settlements" />}>
      <div class="filter">
        <Select
          label="State"
          value={state}
          options={FILTERS}
          onChange={(value) => replaceQuery(['finance', 'settlements'], { state: value })}
        />
      </div>
      <Paged
        pages={pages}
        things="settlements"
        empty="No settlement yet. The gateway announces each payout, and its lines follow."
      >
        {(items) => (
          <Table caption="Settlements" heads={HEADS}>
            {items.map((settlement) => (
              <Row key={settlement.reference} settlement={settlement} />
            ))}
          </Table>
        )}
      </Paged>
    </View>
  )
}
