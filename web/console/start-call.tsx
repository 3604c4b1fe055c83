/** Form to start a call, with its price before the call. */
import { useState } from 'preact/hooks'
import { newKey } from '../shared/api'
import { useDesk } from './desk'
import { useAction } from '../shared/use-action'
import { placeOf } from './destinations'
import type { Call } from './model'
import { creditFor, extrasOf, ratePerMinute } from './price-text'
import { RateSearch } from './rates'
import { Button } from '../shared/button'
import { isAbout, ProblemNote } from '../shared/notes'
import { type Quoted, useQuote } from './use-quote'
import './start-call.css'

function Price({ quoted }: { readonly quoted: Quoted }) {
  if (quoted.state === 'none') return <p class="note">Enter a number to see its price.</p>
  if (quoted.state === 'reading') return <p class="note">Reading the price…</p>
  if (quoted.state === 'refused') {
    const { code, title } = quoted.problem
    if (code === 'validation_failed') return <p class="note">This is not a valid phone number.</p>
    return <p class="price-problem">{title}.</p>
  }
  const { rate, recipient_phone } = quoted.quote
  const { isEnough, text } = creditFor(quoted.quote)
  return (
    <>
      <p>
        <strong class="number">{ratePerMinute(rate)}</strong> to {placeOf(recipient_phone)}
        {extrasOf(rate).map((extra) => `, ${extra}`)}
      </p>
      <p class={isEnough ? 'note' : 'price-problem'}>{text}</p>
    </>
  )
}

const TYPES: Readonly<Record<Call['type'], string>> = { audio: 'Audio', video: 'Video' }
/** A number of the demo, so that a first call needs one click. */
const FIRST_PHONE = '0803 123 4567'

export function StartCall() {
  const { api, holdings, putCall, refresh, announce } = useDesk()
  const { act, isBusy, problem } = useAction()
  const [phone, setPhone] = useState(() => (holdings.calls.length === 0 ? FIRST_PHONE : ''))
  const [name, setName] = useState('')
  const [type, setType] = useState<Call['type']>('audio')
  const credit = holdings.wallets.find((wallet) => wallet.type === 'call_credits')?.balance ?? 0
  const quoted = useQuote(api, phone, type, credit)

  const start = (event: SubmitEvent) => {
    event.preventDefault()
    act(async () => {
      const body = { recipient_phone: phone, type, ...(name && { recipient_name: name }) }
      const started = await api.call((client) => client.POST('/calls', { body, params: newKey() }))
      if (!started.ok) return started.problem
      setPhone('')
      setName('')
      putCall(started.value)
      announce('The call has started.')
      await refresh()
      return undefined
    })
  }
  return (
    <>
      <form class="start-call" onSubmit={start} noValidate>
        <label class="field grow">
          Phone number
          <input
            type="tel"
            autocomplete="off"
            placeholder={FIRST_PHONE}
            value={phone}
            aria-invalid={isAbout(problem, '/recipient_phone')}
            onInput={(event) => setPhone(event.currentTarget.value)}
          />
        </label>
        <label class="field grow">
          Name (optional)
          <input
            autocomplete="off"
            value={name}
            onInput={(event) => setName(event.currentTarget.value)}
          />
        </label>
        <label class="field">
          Type
          <select
            value={type}
            onChange={(event) => setType(event.currentTarget.value as Call['type'])}
          >
            {Object.entries(TYPES).map(([value, text]) => (
              <option key={value} value={value}>
                {text}
              </option>
            ))}
          </select>
        </label>
        <Button kind="primary" isBusy={isBusy}>
          Start call
        </Button>
        <div class="price" aria-live="polite">
          <Price quoted={quoted} />
        </div>
        <ProblemNote problem={problem} />
      </form>
      <RateSearch type={type} />
    </>
  )
}
