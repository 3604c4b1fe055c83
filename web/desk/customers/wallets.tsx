/** The customer's wallets, and the actions that move money. */
import type { CustomerBody } from '../../../src/operators/desk-types'
import { printNaira, WALLET_NAMES } from '../../shared/print'
import { Section } from '../../shared/section'
import { wordOf } from '../../shared/words'
import { useMay } from '../base/operator'
import { MoneyButton } from '../money/money-button'
import { Table } from '../parts/table'

interface WalletsProps {
  readonly customer: CustomerBody
  readonly onChanged: () => void
}

const HEADS = [
  'Wallet',
  { text: 'Can be spent', isNumber: true },
  { text: 'Held', isNumber: true },
  { text: 'Goodwill', isNumber: true },
  { text: 'Debt', isNumber: true },
]

export function Wallets({ customer, onChanged }: WalletsProps) {
  const may = useMay()
  const { wallets, uuid } = customer
  const hasDebt = wallets.some(({ debt }) => debt > 0)
  const shared = { user: uuid, wallets, onChanged }
  return (
    <Section title="Wallets">
      <Table caption="Wallets" heads={HEADS}>
        {wallets.map((wallet) => (
          <tr key={wallet.uuid}>
            <th scope="row" title={wallet.uuid}>
              {wordOf(WALLET_NAMES, wallet.type)}
            </th>
            <td class="number">{printNaira(wallet.balance)}</td>
            <td class="number">{printNaira(wallet.held)}</td>
            <td class="number">{printNaira(wallet.goodwill)}</td>
            <td class={`number${wallet.debt > 0 ? ' bad' : ''}`}>{printNaira(wallet.debt)}</td>
          </tr>
        ))}
      </Table>
      {may('money.propose') && (
        <div class="actions">
          <MoneyButton kind="goodwill" {...shared} />
          <MoneyButton kind="correction" {...shared} />
          {hasDebt && <MoneyButton kind="debt_waiver" {...shared} />}
        </div>
      )}
      {may('money.propose') && <p class="note">To refund a payment, find it in the timeline.</p>}
    </Section>
  )
}
