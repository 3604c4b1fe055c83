/** Both wallets with their current amounts, and the forms to top them up. */
import { useNow, useDesk } from './desk'
import { liveBalance } from './meter-view'
import { isOpen, type Wallet } from './model'
import { Section } from '../shared/section'
import { printKobo, WALLET_NAMES } from '../shared/print'
import { TopUp } from './top-up'
import './wallets.css'

const PURPOSES = { call_credits: 'Pays for calls', primary: 'Keeps money for later' } as const

/** Number of characters from which an amount needs a smaller font on a phone. */
const LONG = 9

function WalletCard({ wallet }: { readonly wallet: Wallet }) {
  const { holdings } = useDesk()
  const paysFor = wallet.type === 'call_credits' ? holdings.calls.filter(isOpen) : []
  const { balanceKobo, heldKobo } = liveBalance(wallet, paysFor, useNow(paysFor.length > 0))
  const balance = printKobo(balanceKobo)
  return (
    <li class={`wallet ${wallet.type}`} data-testid={wallet.type}>
      <h3>{WALLET_NAMES[wallet.type]}</h3>
      <p class={`amount${balance.length > LONG ? ' long' : ''}`}>{balance}</p>
      <p class="note">
        {heldKobo > 0 ? `${printKobo(heldKobo)} held for open calls` : PURPOSES[wallet.type]}
      </p>
    </li>
  )
}

export function Wallets() {
  const { holdings } = useDesk()
  const [primary, credits] = holdings.wallets
  return (
    <Section title="Wallets">
      <ul class="wallets">
        {[credits, primary].map(
          (wallet) => wallet && <WalletCard key={wallet.type} wallet={wallet} />,
        )}
      </ul>
      <TopUp />
    </Section>
  )
}
