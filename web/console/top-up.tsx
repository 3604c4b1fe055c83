/** Top-up of a wallet: by the simulated checkout, or from the other wallet. */
import { useState } from 'preact/hooks'
import { newKey } from '../shared/api'
import { payByCheckout } from './checkout'
import { useDesk } from './desk'
import { useAction } from '../shared/use-action'
import { Button } from '../shared/button'
import { isAbout, ProblemNote } from '../shared/notes'
import { printNaira } from '../shared/print'
import { keep, readKept } from './session'
import './top-up.css'

const WAYS = {
  credits: { label: 'Call credits', method: 'monnify', wallet: 'call_credits' },
  primary: { label: 'Primary wallet', method: 'monnify', wallet: 'primary' },
  transfer: {
    label: 'Call credits, from the primary wallet',
    method: 'wallet',
    wallet: 'call_credits',
  },
} as const
type Way = keyof typeof WAYS

const GROUPS = [
  { label: 'Pay with Monnify', ways: ['credits', 'primary'] },
  { label: 'Move between wallets', ways: ['transfer'] },
] as const

const isWay = (name: string | null): name is Way => name !== null && Object.hasOwn(WAYS, name)

/** Choice that a return from the checkout keeps. */
function useChoice() {
  const [amount, setAmount] = useState(() => readKept('amount') ?? '200')
  const [way, setWay] = useState<Way>(() => {
    const kept = readKept('way')
    return isWay(kept) ? kept : 'credits'
  })
  const keepChoice = () => {
    keep('amount', amount)
    keep('way', way)
  }
  return { amount, setAmount, way, setWay, keepChoice }
}

const AMOUNTS = ['50', '200', '1000']

export function TopUp() {
  const { api, refresh, announce } = useDesk()
  const { act, isBusy, problem } = useAction()
  const { amount, setAmount, way, setWay, keepChoice } = useChoice()
  const { method, wallet } = WAYS[way]

  const transfer = async () => {
    const body = { amount: Number(amount), method, wallet }
    const made = await api.call((client) => client.POST('/payments', { body, params: newKey() }))
    if (!made.ok) return made.problem
    announce(`${printNaira(Number(amount))} moved to call credits.`)
    await refresh()
    return undefined
  }
  const pay = (event: SubmitEvent) => {
    event.preventDefault()
    keepChoice()
    act(() => (method === 'monnify' ? payByCheckout(api, Number(amount), wallet) : transfer()))
  }
  return (
    <form class="top-up" onSubmit={pay} noValidate>
      <label class="field">
        Amount in ₦
        <input
          inputMode="decimal"
          autocomplete="off"
          value={amount}
          aria-invalid={isAbout(problem, '/amount')}
          onInput={(event) => setAmount(event.currentTarget.value)}
        />
      </label>
      <div class="amounts" role="group" aria-label="Common amounts">
        {AMOUNTS.map((common) => (
          <Button key={common} isSmall label={`${common} naira`} onClick={() => setAmount(common)}>
            {common}
          </Button>
        ))}
      </div>
      <label class="field grow">
        Into
        <select value={way} onChange={(event) => setWay(event.currentTarget.value as Way)}>
          {GROUPS.map(({ label, ways }) => (
            <optgroup key={label} label={label}>
              {ways.map((name) => (
                <option key={name} value={name}>
                  {WAYS[name].label}
                </option>
              ))}
            </optgroup>
          ))}
        </select>
      </label>
      <Button kind="primary" isBusy={isBusy}>
        {method === 'monnify' ? 'Top up' : 'Move'}
      </Button>
      {method === 'wallet' && (
        <p class="note full">Moves money that you already have. You pay nothing.</p>
      )}
      <ProblemNote problem={problem} />
    </form>
  )
}
