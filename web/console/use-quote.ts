/** Price of a call to a number, requested while the number is typed. */
import { useEffect, useState } from 'preact/hooks'
import type { Quote } from '../../client/client'
import type { Api, Problem } from '../shared/api'
import type { Call } from './model'

const TYPING_MS = 300
/** Shorter input is not a phone number yet. */
const MIN_DIGITS = 7

export type Quoted =
  | { readonly state: 'none' }
  | { readonly state: 'reading' }
  | { readonly state: 'quoted'; readonly quote: Quote }
  | { readonly state: 'refused'; readonly problem: Problem }

export function requestQuote(api: Api, phone: string, type: Call['type']) {
  const params = { query: { phone, type } }
  return api.call((client) => client.GET('/tariff', { params }))
}

/** @param credit amount that the wallet can spend; another amount requests the quote again */
export function useQuote(api: Api, phone: string, type: Call['type'], credit: number): Quoted {
  const [quoted, setQuoted] = useState<Quoted>({ state: 'none' })
  const isNumber = phone.replaceAll(/\D/g, '').length >= MIN_DIGITS
  useEffect(() => {
    if (!isNumber) return setQuoted({ state: 'none' })
    let isCurrent = true
    setQuoted((before) => (before.state === 'quoted' ? before : { state: 'reading' }))
    const read = async () => {
      const answer = await requestQuote(api, phone, type)
      if (!isCurrent) return
      setQuoted(
        answer.ok
          ? { state: 'quoted', quote: answer.value }
          : { state: 'refused', problem: answer.problem },
      )
    }
    const timer = window.setTimeout(() => void read(), TYPING_MS)
    return () => {
      isCurrent = false
      window.clearTimeout(timer)
    }
  }, [api, phone, type, credit, isNumber])
  return quoted
}
