/** Data of the signed-in user, kept up to date. */
import { useCallback, useRef, useState } from 'preact/hooks'
import type { Api, Problem } from '../shared/api'
import { type Call, isUnsettled, mergeCalls, type Payment } from './model'
import { type Holdings, isProblem, readHoldings, readPaid } from './read-holdings'
import { usePolling } from './use-polling'

export { type Holdings, type LedgerPage, readPage } from './read-holdings'

export interface Account {
  readonly holdings: Holdings | undefined
  readonly problem: Problem | undefined
  readonly refresh: () => Promise<void>
  /** Inserts or replaces a call in the list. */
  readonly putCall: (call: Call) => void
}

/** Keeps reloading after a payment is final, because duplicate and late webhooks arrive afterwards. */
const LINGER_MS = 20_000
/** Stops reloading quickly for a checkout that stays open. */
const PATIENCE_MS = 10 * 60_000
/** A reload that reads payments only, to notice changes, is followed by a complete one after this time. */
const COMPLETE_MS = 10_000

const isAwaited = (payment: Payment): boolean =>
  isUnsettled(payment) && Date.now() - Date.parse(payment.created_at) < PATIENCE_MS

const isSame = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b)

export function useAccount(api: Api): Account {
  const [holdings, setHoldings] = useState<Holdings>()
  const [problem, setProblem] = useState<Problem>()
  const latest = useRef<Holdings>(undefined)
  latest.current = holdings
  /** A response that arrives after a later one is dropped. */
  const turns = useRef({ asked: 0, shown: 0 })
  const lingerUntilMs = useRef(Date.now() + LINGER_MS)
  const completeAtMs = useRef(0)

  const readAll = useCallback(async (): Promise<boolean> => {
    const turn = ++turns.current.asked
    const read = await readHoldings(api)
    if (turn < turns.current.shown) return !isProblem(read)
    turns.current.shown = turn
    if (isProblem(read)) {
      setProblem(read)
      return false
    }
    completeAtMs.current = Date.now()
    setProblem(undefined)
    setHoldings((known) => {
      const next = { ...read, calls: mergeCalls(read.calls, known?.calls ?? []) }
      return isSame(next, known) ? known : next
    })
    return true
  }, [api])

  const reload = useCallback(async (): Promise<boolean> => {
    const known = latest.current
    if (!known || Date.now() - completeAtMs.current >= COMPLETE_MS) return readAll()
    const paid = await readPaid(api)
    if (isProblem(paid)) {
      setProblem(paid)
      return false
    }
    setProblem(undefined)
    const { payments, webhooks } = known
    if (isSame(paid, { payments, webhooks })) return true
    lingerUntilMs.current = Date.now() + LINGER_MS
    return readAll()
  }, [api, readAll])

  const isAwaiting = () =>
    Date.now() < lingerUntilMs.current || (latest.current?.payments.some(isAwaited) ?? false)
  const wake = usePolling({ isAwaiting, reload })

  const refresh = useCallback(async () => {
    lingerUntilMs.current = Date.now() + LINGER_MS
    await readAll()
    wake()
  }, [readAll, wake])

  const putCall = useCallback((call: Call) => {
    setHoldings((known) => {
      if (!known) return known
      const others = known.calls.filter(({ uuid }) => uuid !== call.uuid)
      const calls = [call, ...others].toSorted((a, b) => b.created_at.localeCompare(a.created_at))
      return { ...known, calls }
    })
  }, [])

  return { holdings, problem, refresh, putCall }
}
