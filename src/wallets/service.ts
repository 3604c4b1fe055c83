import { createLRU } from 'lru.min'
import { z } from 'zod'
import type { Caller, TokenRevocation } from '../common/tokens/access-token'
import { currentRequestId } from '../common/log'
import { readCursor, type Page, pageOf } from '../http/pagination'
import { mapRevised, ok, type Revised, refuse, type Result } from '../common/result'
import type { PostingKind } from './core/ledger'
import {
  type EntryView,
  objectName,
  WALLET_TYPES,
  type WalletName,
  walletUuid,
  type WalletView,
} from './core/wallet'
import type { WalletClient, WalletStub } from './object/client'

export interface WalletDeps {
  readonly wallets: WalletClient
}

const commandEach = <T>(
  deps: WalletDeps,
  userUuid: string,
  command: (wallet: WalletStub) => Promise<T>,
): Promise<T[]> =>
  Promise.all(WALLET_TYPES.map((type) => deps.wallets.send({ userUuid, type }, command)))

export async function listWallets(deps: WalletDeps, caller: Caller): Promise<Result<WalletView[]>> {
  const views: WalletView[] = []
  for (const view of await commandEach(deps, caller.userUuid, (wallet) => wallet.view(caller))) {
    if (!view.ok) return view
    views.push(view.value)
  }
  return ok(views)
}

/** Creates a user's wallets: an object creates its wallet with its first command. */
export async function openWallets(deps: WalletDeps, userUuid: string): Promise<void> {
  await commandEach(deps, userUuid, (wallet) => wallet.open())
}

/** Lets the user's stream receive the events of both wallets from now on. A repeat changes nothing. */
export async function markStreamed(deps: WalletDeps, userUuid: string): Promise<void> {
  await commandEach(deps, userUuid, (wallet) => wallet.markStreamed())
}

/** Phone number of a call's recipient; null if the call is unknown, or the number was blanked. */
export const readRecipient = (
  deps: WalletDeps,
  userUuid: string,
  callUuid: string,
): Promise<string | null> =>
  deps.wallets.send({ userUuid, type: 'call_credits' }, (wallet) => wallet.recipientOf(callUuid))

/** Freezes both wallets of a user: ends all calls and refuses the user's later commands. */
export async function freezeWallets(deps: WalletDeps, userUuid: string): Promise<void> {
  const requestId = currentRequestId()
  await commandEach(deps, userUuid, (wallet) => wallet.freeze(requestId))
}

export async function unfreezeWallets(deps: WalletDeps, userUuid: string): Promise<void> {
  const requestId = currentRequestId()
  await commandEach(deps, userUuid, (wallet) => wallet.unfreeze(requestId))
}

/** Revokes access tokens in both wallets, which check sessions without reading D1. */
export async function revokeTokens(
  deps: WalletDeps,
  userUuid: string,
  refusal: TokenRevocation,
): Promise<void> {
  const requestId = currentRequestId()
  await commandEach(deps, userUuid, (wallet) => wallet.revokeTokens(refusal, requestId))
}

const knownUuids = createLRU<string, string>({ max: 1000 })

/** Caches `walletUuid`, which costs a hash. */
function uuidOf(name: WalletName): string {
  const key = objectName(name)
  const uuid = knownUuids.get(key) ?? walletUuid(name)
  knownUuids.set(key, uuid)
  return uuid
}

/**
 * Finds the caller's wallet by its public UUID. For any other UUID it refuses `not_found`, but only after
 * a wallet has accepted the caller's token: a revoked token gets `unauthenticated`.
 */
export async function findWallet(
  deps: WalletDeps,
  caller: Caller,
  uuid: string,
): Promise<Result<WalletName>> {
  const { userUuid } = caller
  const names = WALLET_TYPES.map((type) => ({ userUuid, type }))
  const name = names.find((own) => uuidOf(own) === uuid)
  if (name) return ok(name)
  const credits = { userUuid, type: 'call_credits' } as const
  const admitted = await deps.wallets.send(credits, (wallet) => wallet.view(caller))
  return admitted.ok ? refuse({ code: 'not_found' }) : admitted
}

/** Refuses `not_found`. */
export async function getWallet(
  deps: WalletDeps,
  caller: Caller,
  uuid: string,
): Promise<Revised<WalletView>> {
  const name = await findWallet(deps, caller, uuid)
  return name.ok ? deps.wallets.send(name.value, (wallet) => wallet.view(caller)) : name
}

const positionSchema = z.tuple([z.int().positive()])

export interface TransactionQuery {
  readonly limit: number
  readonly cursor?: string | undefined
  readonly kind?: PostingKind | undefined
  readonly from?: number | undefined
  readonly to?: number | undefined
}

const STATEMENT_PAGE = 500

/** Refuses `not_found` and `invalid_cursor`. */
async function readQuery(
  deps: WalletDeps,
  caller: Caller,
  uuid: string,
  { cursor, kind, from: fromMs, to: toMs }: TransactionQuery,
) {
  const name = await findWallet(deps, caller, uuid)
  if (!name.ok) return name
  const position = readCursor(positionSchema, cursor)
  if (!position.ok) return position
  return ok({ name: name.value, beforeSeq: position.value?.[0], filter: { kind, fromMs, toMs } })
}

/** Lists the ledger, newest first. Refuses `not_found` and `invalid_cursor`. */
export async function listTransactions(
  deps: WalletDeps,
  caller: Caller,
  uuid: string,
  query: TransactionQuery,
): Promise<Revised<Page<EntryView>>> {
  const asked = await readQuery(deps, caller, uuid, query)
  if (!asked.ok) return asked
  const { name, beforeSeq, filter } = asked.value
  const page = { ...filter, beforeSeq, limit: query.limit + 1 }
  const entries = await deps.wallets.send(name, (wallet) => wallet.entries(caller, page))
  return mapRevised(entries, (found) => pageOf(found, query.limit, ({ seq }) => [seq]))
}

/**
 * Reads the whole ledger, oldest first, page by page on demand. The first page is read at once, so that
 * refusals and faults occur before the response begins. Refuses `not_found` and `invalid_cursor`.
 */
export async function readStatement(
  deps: WalletDeps,
  caller: Caller,
  uuid: string,
  query: TransactionQuery,
): Promise<Result<AsyncGenerator<readonly EntryView[]>>> {
  const asked = await readQuery(deps, caller, uuid, query)
  if (!asked.ok) return asked
  const { name, filter } = asked.value
  const pageAfter = (afterSeq: number) =>
    deps.wallets.send(name, (wallet) =>
      wallet.entries(caller, { ...filter, afterSeq, limit: STATEMENT_PAGE }),
    )
  const first = await pageAfter(0)
  return first.ok ? ok(pagesFrom(first.value, pageAfter)) : first
}

async function* pagesFrom(
  first: readonly EntryView[],
  pageAfter: (seq: number) => Promise<Result<readonly EntryView[]>>,
): AsyncGenerator<readonly EntryView[]> {
  for (let page = first; ;) {
    yield page
    const last = page.at(-1)
    if (!last || page.length < STATEMENT_PAGE) return
    const next = await pageAfter(last.seq)
    if (!next.ok) throw new Error(`the statement was cut off: ${next.refusal.code}`)
    page = next.value
  }
}
