/** A user's two wallets, as their objects hold them. */
import { z } from 'zod'
import { readCursor, type Page, pageOf } from '../common/page'
import { ok, refuse, type Result } from '../common/result'
import type { PostingKind } from './ledger'
import {
  type EntryView,
  WALLET_TYPES,
  type WalletName,
  walletUuid,
  type WalletView,
} from './wallet'
import type { WalletClient } from './wallet-client'

export interface WalletDeps {
  readonly wallets: WalletClient
}

export const listWallets = (deps: WalletDeps, userUuid: string): Promise<WalletView[]> =>
  Promise.all(
    WALLET_TYPES.map((type) => deps.wallets.ask({ userUuid, type }, (wallet) => wallet.view())),
  )

/** A wallet comes into being when it is first looked at. */
export async function openWallets(deps: WalletDeps, userUuid: string): Promise<void> {
  await listWallets(deps, userUuid)
}

/** The name behind a public uuid, if it is one of the user's own wallets. */
const nameOf = (userUuid: string, uuid: string): WalletName | undefined =>
  WALLET_TYPES.map((type) => ({ userUuid, type })).find((name) => walletUuid(name) === uuid)

/** Refuses `not_found` for every uuid but those of the user's own wallets. */
export async function getWallet(
  deps: WalletDeps,
  userUuid: string,
  uuid: string,
): Promise<Result<WalletView>> {
  const name = nameOf(userUuid, uuid)
  return name
    ? ok(await deps.wallets.ask(name, (wallet) => wallet.view()))
    : refuse({ code: 'not_found' })
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

/** What a query asks of which wallet. Refuses `not_found` as above, and `invalid_cursor`. */
function readQuery(userUuid: string, uuid: string, query: TransactionQuery) {
  const { cursor, kind, from: fromMs, to: toMs } = query
  const name = nameOf(userUuid, uuid)
  if (!name) return refuse({ code: 'not_found' })
  const position = readCursor(positionSchema, cursor)
  if (!position.ok) return position
  return ok({ name, beforeSeq: position.value?.[0], filter: { kind, fromMs, toMs } })
}

/** The ledger, newest first. Refuses `not_found` as above, and `invalid_cursor`. */
export async function listTransactions(
  deps: WalletDeps,
  userUuid: string,
  uuid: string,
  query: TransactionQuery,
): Promise<Result<Page<EntryView>>> {
  const asked = readQuery(userUuid, uuid, query)
  if (!asked.ok) return asked
  const { name, beforeSeq, filter } = asked.value
  const page = { ...filter, beforeSeq, limit: query.limit + 1 }
  const entries = await deps.wallets.ask(name, (wallet) => wallet.entries(page))
  return ok(pageOf(entries, query.limit, ({ seq }) => [seq]))
}

/**
 * The whole ledger, oldest first, in pages that are read when they are asked for; the first one at
 * once, so that what can fail fails before the answer begins. Refuses as `listTransactions`.
 */
export async function readStatement(
  deps: WalletDeps,
  userUuid: string,
  uuid: string,
  query: TransactionQuery,
): Promise<Result<AsyncGenerator<readonly EntryView[]>>> {
  const asked = readQuery(userUuid, uuid, query)
  if (!asked.ok) return asked
  const { name, filter } = asked.value
  const pageAfter = (afterSeq: number) =>
    deps.wallets.ask(name, (wallet) =>
      wallet.entries({ ...filter, afterSeq, limit: STATEMENT_PAGE }),
    )
  const first = await pageAfter(0)
  return ok(pagesFrom(first, pageAfter))
}

async function* pagesFrom(
  first: readonly EntryView[],
  pageAfter: (seq: number) => Promise<readonly EntryView[]>,
): AsyncGenerator<readonly EntryView[]> {
  for (let page = first; ;) {
    yield page
    const last = page.at(-1)
    if (!last || page.length < STATEMENT_PAGE) return
    page = await pageAfter(last.seq)
  }
}
