/** Search for the rate of a country, a calling code or a number. */
import { useEffect, useRef, useState } from 'preact/hooks'
import type { Answer } from '../shared/api'
import { useDesk } from './desk'
import { type Destination, findDestinations } from './destinations'
import { extrasOf, ratePerMinute } from './price-text'
import type { Call } from './model'
import { requestQuote } from './use-quote'
import type { Quote } from '../../client/client'
import { useEscape } from './use-menu'
import './rates.css'

const SHOWN = 5
const TYPING_MS = 300

type Rates = ReadonlyMap<string, Answer<Quote>>

/** Quotes of the destinations. Known quotes are not requested again. */
function useRates(destinations: readonly Destination[], type: Call['type']): Rates {
  const { api } = useDesk()
  const [rates, setRates] = useState<Rates>(new Map())
  const latest = useRef(rates)
  latest.current = rates
  const wanted = destinations.map(({ example }) => example).join(' ')
  useEffect(() => {
    const read = async (phone: string) => {
      const answer = await requestQuote(api, phone, type)
      setRates((known) => new Map(known).set(`${type} ${phone}`, answer))
    }
    const timer = window.setTimeout(() => {
      const phones = wanted.split(' ').filter(Boolean)
      for (const phone of phones) if (!latest.current.has(`${type} ${phone}`)) void read(phone)
    }, TYPING_MS)
    return () => window.clearTimeout(timer)
  }, [api, type, wanted])
  return rates
}

function priceText(answer: Answer<Quote> | undefined): string {
  if (!answer) return '…'
  if (answer.ok)
    return [ratePerMinute(answer.value.rate), ...extrasOf(answer.value.rate)].join(', ')
  const { code, title } = answer.problem
  return code === 'destination_not_allowed' ? 'not available' : title
}

function Results({ query, type }: { readonly query: string; readonly type: Call['type'] }) {
  const found = findDestinations(query, SHOWN)
  const rates = useRates(found, type)
  if (query.trim() === '') return null
  if (found.length === 0) return <p class="note">No country matches. Try a name or a code.</p>
  return (
    <ul class="rates-found" aria-label="Rates">
      {found.map(({ country, name, code, example }) => (
        <li key={country}>
          <span>
            {name} <span class="note">{code}</span>
          </span>
          <span class="number">{priceText(rates.get(`${type} ${example}`))}</span>
        </li>
      ))}
    </ul>
  )
}

export function RateSearch({ type }: { readonly type: Call['type'] }) {
  const details = useRef<HTMLDetailsElement>(null)
  const [query, setQuery] = useState('')
  useEscape(details)
  return (
    <details class="rates" ref={details}>
      <summary>Look up a rate</summary>
      <div class="rates-body">
        <label class="field">
          Country or calling code
          <input
            type="search"
            autocomplete="off"
            placeholder="Ghana, or +44"
            value={query}
            onInput={(event) => setQuery(event.currentTarget.value)}
          />
        </label>
        <Results query={query} type={type} />
        <p class="note">Rates are for mobile phones. Type a number above for its exact price.</p>
      </div>
    </details>
  )
}
