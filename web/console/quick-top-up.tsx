/** Top-up beside a call: through the checkout, or at once from the primary wallet. */
import { newKey } from '../shared/api'
import { payByCheckout } from './checkout'
import { useDesk } from './desk'
import { useAction } from '../shared/use-action'
import { Button } from '../shared/button'
import { ProblemNote } from '../shared/notes'
import { printNaira } from '../shared/print'

const AMOUNT = 200

export function QuickTopUp({ isPrimary }: { readonly isPrimary?: boolean }) {
  const { api, holdings, refresh, announce } = useDesk()
  const { act, isBusy, problem } = useAction()
  const savings = holdings.wallets.find(({ type }) => type === 'primary')?.balance ?? 0
  const movable = Math.min(AMOUNT, Math.floor(savings))
  const move = () =>
    act(async () => {
      const body = { amount: movable, method: 'wallet', wallet: 'call_credits' } as const
      const moved = await api.call((client) => client.POST('/payments', { body, params: newKey() }))
      if (!moved.ok) return moved.problem
      announce(`${printNaira(movable)} moved to call credits.`)
      await refresh()
      return undefined
    })
  return (
    <>
      <Button
        kind={isPrimary ? 'primary' : 'plain'}
        isBusy={isBusy}
        label={`Top up ${printNaira(AMOUNT)} for the call`}
        onClick={() => act(() => payByCheckout(api, AMOUNT, 'call_credits'))}
      >
        Top up {printNaira(AMOUNT)}
      </Button>
      {movable > 0 && (
        <Button isBusy={isBusy} onClick={move}>
          Move {printNaira(movable)} from primary
        </Button>
      )}
      <ProblemNote problem={problem} />
    </>
  )
}
