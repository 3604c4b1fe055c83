/** A user's two wallets, as their objects hold them. */
import { z } from 'zod'
import { readCursor, type Page, pageOf } from '../common/page'
import { ok, refuse, type Result } from '../common/result'
import type { Entry } from './ledger'
import { WALLET_TYPES, type WalletName, walletUuid, type WalletView } from './wallet'
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

/** The ledger, newest first. Refuses `not_found` as above, and `invalid_cursor`. */
export async function listTransactions(
  deps: WalletDeps,
  userUuid: string,
  uuid: string,
  { limit, cursor }: { limit: number; cursor?: string | undefined },
): Promise<Result<Page<Entry>>> {
  const name = nameOf(userUuid, uuid)
  if (!name) return refuse({ code: 'not_found' })
  const position = readCursor(positionSchema, cursor)
  if (!position.ok) return position
  const page = { limit: limit + 1, beforeSeq: position.value?.[0] }
  const entries = await deps.wallets.ask(name, (wallet) => wallet.entries(page))
  return ok(pageOf(entries, limit, ({ seq }) => [seq]))
}
