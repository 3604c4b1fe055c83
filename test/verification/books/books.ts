/** Reads a user's books through the user's own routes. */
import { setTimeout as wait } from 'node:timers/promises'
import { newAccount } from '../../support/served.ts'
import {
  type CallRecord,
  type Json,
  type LedgerEntry,
  type PaymentRecord,
  readCall,
  readEntry,
  readPayment,
  readWallet,
  type WalletRecord,
  type WalletType,
} from './records.ts'
import { ask, type Ask, bodyOf, listOf, type Reply } from './wire.ts'

export interface User {
  readonly name: string
  readonly authorization: string
  readonly walletUuids: Readonly<Record<WalletType, string>>
}

/** A wallet at rest, with its revision and its whole ledger, oldest first. */
export interface WalletBook extends WalletRecord {
  readonly position: number
  readonly entries: readonly LedgerEntry[]
}

export interface Books {
  readonly user: string
  readonly wallets: Readonly<Record<WalletType, WalletBook>>
  /** Oldest first. */
  readonly calls: readonly CallRecord[]
  readonly payments: readonly PaymentRecord[]
}

const ANSWERS_WITHIN = 5

async function get(url: string, user: Pick<User, 'authorization'>, path: string) {
  for (let attempt = 0; attempt < ANSWERS_WITHIN; attempt++) {
    const answer = await ask(url, user.authorization, { method: 'GET', path })
    if (answer?.status === 200) return answer
    await wait(200)
  }
  throw new Error(`GET ${path} was not answered`)
}

async function getAll<T>(url: string, user: User, path: string, read: (body: Json) => T) {
  const items: T[] = []
  for (let next: string | undefined = `${path}?limit=100`; next !== undefined;) {
    const page = await get(url, user, next)
    items.push(...listOf(page).map(read))
    next = page.next
  }
  return items.toReversed()
}

export async function newUser(url: string, name: string): Promise<User> {
  const { headers } = await newAccount(url)
  const authorization = headers.Authorization
  const wallets = listOf(await get(url, { authorization }, '/wallets')).map(readWallet)
  const uuidOf = (type: WalletType) => wallets.find((wallet) => wallet.type === type)?.uuid ?? ''
  const walletUuids = { primary: uuidOf('primary'), call_credits: uuidOf('call_credits') }
  return { name, authorization, walletUuids }
}

async function readWalletBook(url: string, user: User, type: WalletType): Promise<WalletBook> {
  const path = `/wallets/${user.walletUuids[type]}`
  const entries = await getAll(url, user, `${path}/transactions`, readEntry)
  const wallet = await get(url, user, path)
  return { ...readWallet(bodyOf(wallet)), position: wallet.position ?? Number.NaN, entries }
}

async function readOnce(url: string, user: User): Promise<Books> {
  const calls = await getAll(url, user, '/calls', readCall)
  const payments = await getAll(url, user, '/payments', readPayment)
  const primary = await readWalletBook(url, user, 'primary')
  const call_credits = await readWalletBook(url, user, 'call_credits')
  return { user: user.name, wallets: { primary, call_credits }, calls, payments }
}

const placesOf = ({ wallets }: Books): string =>
  Object.values(wallets)
    .map(({ position }) => position)
    .join()

/** Reads the books until nothing changes meanwhile, because the clock ends calls at any time. */
export async function readBooks(url: string, user: User): Promise<Books> {
  let books = await readOnce(url, user)
  for (;;) {
    const again = await readOnce(url, user)
    if (placesOf(again) === placesOf(books)) return again
    books = again
  }
}

export const asks = (url: string, user: User, request: Ask): Promise<Reply> =>
  ask(url, user.authorization, request)
