/** Prices by country, with a search, and the calculator. */
import { useEffect, useState } from 'preact/hooks'
import type { Rates } from '../../client/client'
import { createApi, type Problem } from '../shared/api'
import { Button } from '../shared/button'
import icon from '../shared/icon.svg'
import { Empty, ProblemNote } from '../shared/notes'
import { printNaira } from '../shared/print'
import { Calculator } from './calculator'
import { findCountries, type NamedCountry, withNames } from './countries'
import { Prefixes } from './prefixes'

const api = createApi()

type State =
  | { readonly is: 'loading' }
  | { readonly is: 'failed'; readonly problem: Problem }
  | { readonly is: 'loaded'; readonly countries: readonly NamedCountry[] }

const price = (amount: number | null): string =>
  amount === null ? 'Not available' : `from ${printNaira(amount)}`

function Country({ one }: { readonly one: NamedCountry }) {
  const [isOpen, setOpen] = useState(false)
  return (
    <li class="country">
      <button
        type="button"
        class="country-name"
        aria-expanded={isOpen}
        onClick={() => setOpen(!isOpen)}
      >
        {one.name} <span class="note">+{one.calling_code}</span>
      </button>
      <dl>
        <div>
          <dt>Audio</dt>
          <dd>{price(one.audio_from)}</dd>
        </div>
        <div>
          <dt>Video</dt>
          <dd>{price(one.video_from)}</dd>
        </div>
      </dl>
      {isOpen && <Prefixes api={api} country={one.country} name={one.name} />}
    </li>
  )
}

function Countries({ countries }: { readonly countries: readonly NamedCountry[] }) {
  const [text, setText] = useState('')
  const found = findCountries(countries, text)
  return (
    <section aria-labelledby="countries" class="stack">
      <h2 id="countries">Price of a minute</h2>
      <label class="field">
        Country or calling code
        <input
          type="search"
          value={text}
          autocomplete="off"
          onInput={(event) => setText(event.currentTarget.value)}
        />
      </label>
      <p role="status" class="note">
        {found.length === 1 ? '1 country' : `${found.length} countries`}
      </p>
      {found.length === 0 ? (
        <Empty>No country matches. Try another name, or a calling code such as +234.</Empty>
      ) : (
        <ul class="countries">
          {found.map((one) => (
            <Country key={one.country} one={one} />
          ))}
        </ul>
      )}
    </section>
  )
}

export function App() {
  const [state, setState] = useState<State>({ is: 'loading' })
  const [attempt, setAttempt] = useState(0)
  useEffect(() => {
    const read = async () => {
      setState({ is: 'loading' })
      const answer = await api.call<Rates>((client) => client.GET('/rates'))
      setState(
        answer.ok
          ? { is: 'loaded', countries: withNames(answer.value.countries) }
          : { is: 'failed', problem: answer.problem },
      )
    }
    void read()
  }, [attempt])
  return (
    <main class="door prices">
      <img src={icon} alt="" width="48" height="48" />
      <h1>Prices of calls</h1>
      <p class="lead">A call keeps the price that applies when it starts.</p>
      <Calculator api={api} />
      {state.is === 'loading' && <p role="status">Reading the prices…</p>}
      {state.is === 'failed' && (
        <>
          <ProblemNote problem={state.problem} />
          <Button onClick={() => setAttempt(attempt + 1)}>Retry</Button>
        </>
      )}
      {state.is === 'loaded' && <Countries countries={state.countries} />}
    </main>
  )
}
