/** Data of the signed-in user, and functions to reload it. */
import { useCallback, useEffect, useRef, useState } from 'preact/hooks'
import type { Answer, Api, Problem } from './api'
import {
  type Call,
  isUnsettled,
  mergeCalls,
  type Payment,
  type SentWebhook,
  type Transaction,
  type Wallet,
  type WalletType,
} from './model'

export interface LedgerPage {
  readonly wallet: WalletType
  readonly uuid: string
  /** Newest first. */
  readonly entries: readonly Transaction[]
  /** Cursor of the next page. */
  readonly next: string | undefined
}

export interface Holdings {
  readonly wallets: readonly Wallet[]
  readonly payments: readonly Payment[]
  readonly webhooks: readonly SentWebhook[]
  readonly ledgers: readonly LedgerPage[]
  readonly calls: readonly Call[]
}

export interface Account {
  readonly holdings: Holdings | undefined
  readonly problem: Problem | undefined
  readonly refresh: () => Promise<void>
  /** Inserts or replaces a call in the list. */
  readonly putCall: (call: Call) => void
}

const LISTED = 10
const NEWEST = { query: { limit: LISTED } }
const LOOK_MS = 2000
/** Keeps reloading after a payment is final, because duplicate and late webhooks arrive afterwards. */
const LINGER_MS = 20_000
/** Stops reloading for a checkout that stays open. */
const PATIENCE_MS = 10 * 60_000

type Paid = Pick<Holdings, 'payments' | 'webhooks'>

const isProblem = (read: object): read is Problem => 'code' in read

async function readPaid(api: Api): Promise<Paid | Problem> {
  const payments = await api.call((client) => client.GET('/payments', { params: NEWEST }))
  if (!payments.ok) return payments.problem
  const query = new URLSearchParams(
    payments.value.map(({ payment_reference }) => ['payment', payment_reference]),
  )
  if (payments.value.length === 0) return { payments: [], webhooks: [] }
  const webhooks = await api.simulate<SentWebhook[]>('GET', `/events?${query}`)
  return webhooks.ok ? { payments: payments.value, webhooks: webhooks.value } : webhooks.problem
}

/** Reads a page of a wallet's ledger: the newest one, or the one at a cursor. */
export async function readPage(
  api: Api,
  uuid: string,
  cursor?: string,
): Promise<Answer<Transaction[]>> {
  const query = { limit: LISTED, ...(cursor !== undefined && { cursor }) }
  const params = { path: { uuid }, query }
  const page = await api.call((client) => client.GET('/wallets/{uuid}/transactions', { params }))
  if (!page.ok) return page
  const { value } = page
  if (typeof value === 'string') throw new Error('The service sent a CSV statement.')
  return { ...page, value }
}

async function readLedger(api: Api, { uuid, type }: Wallet): Promise<LedgerPage | Problem> {
  const page = await readPage(api, uuid)
  return page.ok ? { wallet: type, uuid, entries: page.value, next: page.next } : page.problem
}

async function readHoldings(api: Api): Promise<Holdings | Problem> {
  const [wallets, calls, paid] = await Promise.all([
    api.call((client) => client.GET('/wallets')),
    api.call((client) => client.GET('/calls', { params: NEWEST })),
    readPaid(api),
  ])
  if (!wallets.ok) return wallets.problem
  if (!calls.ok) return calls.problem
  if (isProblem(paid)) return paid
  const ledgers = await Promise.all(wallets.value.map((wallet) => readLedger(api, wallet)))
  const refused = ledgers.find(isProblem)
  if (refused) return refused
  const pages = ledgers.filter((ledger): ledger is LedgerPage => !isProblem(ledger))
  return { wallets: wallets.value, calls: calls.value, ledgers: pages, ...paid }
}

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

  const refresh = useCallback(async () => {
    lingerUntilMs.current = Date.now() + LINGER_MS
    const turn = ++turns.current.asked
    const read = await readHoldings(api)
    if (turn < turns.current.shown) return
    turns.current.shown = turn
    if (isProblem(read)) return setProblem(read)
    setProblem(undefined)
    setHoldings((known) => ({ ...read, calls: mergeCalls(read.calls, known?.calls ?? []) }))
  }, [api])

  const putCall = useCallback((call: Call) => {
    setHoldings((known) => {
      if (!known) return known
      const others = known.calls.filter(({ uuid }) => uuid !== call.uuid)
      const calls = [call, ...others].toSorted((a, b) => b.created_at.localeCompare(a.created_at))
      return { ...known, calls }
    })
  }, [])

  useEffect(() => {
    const look = async () => {
      const known = latest.current
      const isWaiting = known?.payments.some(isAwaited) || Date.now() < lingerUntilMs.current
      if (!known || !isWaiting || document.hidden) return
      const paid = await readPaid(api)
      if (isProblem(paid)) return setProblem(paid)
      const { payments, webhooks } = known
      if (!isSame(paid, { payments, webhooks })) await refresh()
    }
    const comeBack = () => void (document.hidden || refresh())
    void refresh()
    const timer = setInterval(() => void look(), LOOK_MS)
    document.addEventListener('visibilitychange', comeBack)
    return () => {
      clearInterval(timer)
      document.removeEventListener('visibilitychange', comeBack)
    }
  }, [api, refresh])

  return { holdings, problem, refresh, putCall }
}
