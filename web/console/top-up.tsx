/** Top-up of a wallet: by the simulated checkout, or from the other wallet. */
import { useState } from 'preact/hooks'
import { newKey } from './api'
import { goToCheckout } from './checkout'
import { useAction, useDesk } from './desk'
import { Button } from '../shared/button'
import { isAbout, ProblemNote } from '../shared/notes'
import './top-up.css'

const WAYS = {
  credits: { label: 'Call credits', method: 'monnify', wallet: 'call_credits' },
  primary: { label: 'Primary wallet', method: 'monnify', wallet: 'primary' },
  transfer: { label: 'Credits, from primary', method: 'wallet', wallet: 'call_credits' },
} as const
type Way = keyof typeof WAYS

const AMOUNTS = ['50', '200', '1000']

export function TopUp() {
  const { api, refresh, announce } = useDesk()
  const { act, isBusy, problem } = useAction()
  const [amount, setAmount] = useState('200')
  const [way, setWay] = useState<Way>('credits')
  const { method, wallet } = WAYS[way]

  const pay = (event: SubmitEvent) => {
    event.preventDefault()
    act(async () => {
      const body = { amount: Number(amount), method, wallet }
      const made = await api.call((client) => client.POST('/payments', { body, params: newKey() }))
      if (!made.ok) return made.problem
      if (method === 'monnify') return goToCheckout(api, made.value)
      announce(`Moved to call credits: ${amount} naira`)
      await refresh()
      return undefined
    })
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
          {Object.entries(WAYS).map(([name, { label }]) => (
            <option key={name} value={name}>
              {label}
            </option>
          ))}
        </select>
      </label>
      <Button kind="primary" isBusy={isBusy}>
        {method === 'monnify' ? 'Top up' : 'Move'}
      </Button>
      <ProblemNote problem={problem} />
    </form>
  )
}
