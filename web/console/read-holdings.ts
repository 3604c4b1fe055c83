/** Reads the data of the signed-in user from the service and from the simulator. */
import type { Answer, Api, Problem } from '../shared/api'
import type { Call, Payment, SentWebhook, Transaction, Wallet, WalletType } from './model'

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

const LISTED = 10
const NEWEST = { query: { limit: LISTED } }
export type Paid = Pick<Holdings, 'payments' | 'webhooks'>

export const isProblem = (read: object): read is Problem => 'code' in read

export async function readPaid(api: Api): Promise<Paid | Problem> {
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

export async function readHoldings(api: Api): Promise<Holdings | Problem> {
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
