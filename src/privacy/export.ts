/** A user's data, read page by page. */
import type { Caller } from '../common/tokens/access-token'
import type { Result } from '../common/result'
import type { StreamOf } from '../events/object/client'
import type { PasskeyStore } from '../auth/passkeys/store'
import type { Payment, PaymentStore } from '../payments/store'
import type { CallView, EntryView, WalletName } from '../wallets/core/wallet'
import type { WalletDeps } from '../wallets/service'
import type { WalletStub } from '../wallets/object/client'
import { BEGINNING, type ExportStore, type Position } from './export-store'

export interface ExportDeps extends WalletDeps {
  readonly passkeyStore: PasskeyStore
  readonly exportStore: ExportStore
  readonly paymentStore: PaymentStore
  readonly streamOf: StreamOf
}

const PAGE = 500
/** Few, because the bodies of their events are long. */
const PAYMENTS_AT_ONCE = 20

/** Yields pages. @param read returns the page after a position; a page that is not full is the last one */
async function* pages<T, At>(
  read: (after: At) => Promise<readonly T[]>,
  beginning: At,
  positionOf: (item: T) => At,
  limit = PAGE,
): AsyncGenerator<readonly T[]> {
  for (let after = beginning; ;) {
    const page = await read(after)
    yield page
    const last = page.at(-1)
    if (last === undefined || page.length < limit) return
    after = positionOf(last)
  }
}

const byTime = ({ createdAtMs, ...row }: { createdAtMs: number; id?: string; uuid?: string }) =>
  [createdAtMs, row.id ?? row.uuid ?? ''] as const

export const exportedSessions = ({ exportStore }: ExportDeps, { userUuid }: Caller) =>
  pages(
    (after: string) => exportStore.sessions(userUuid, after, PAGE),
    '',
    ({ uuid }) => uuid,
  )

/** One page, because a user has few passkeys. */
export async function* exportedPasskeys({ passkeyStore }: ExportDeps, { userUuid }: Caller) {
  yield await passkeyStore.listOf(userUuid)
}

export const exportedMessages = ({ exportStore }: ExportDeps, { userUuid }: Caller) =>
  pages((after: Position) => exportStore.messages(userUuid, after, PAGE), BEGINNING, byTime)

export const exportedRefunds = ({ exportStore }: ExportDeps, { userUuid }: Caller) =>
  pages((after: Position) => exportStore.refunds(userUuid, after, PAGE), BEGINNING, byTime)

export async function* exportedDestinations(deps: ExportDeps, caller: Caller) {
  for await (const page of exportedRefunds(deps, caller))
    yield page.filter(({ destination }) => destination !== null)
}

/** Payments, newest first. */
export const exportedPayments = (
  { paymentStore }: ExportDeps,
  { userUuid }: Caller,
  limit = PAGE,
): AsyncGenerator<readonly Payment[]> =>
  pages(
    (before: Position | undefined) => paymentStore.list(userUuid, { limit, before }),
    undefined,
    byTime,
    limit,
  )

/** Monnify's events about the user's payments. */
export async function* exportedEvents(deps: ExportDeps, caller: Caller) {
  for await (const page of exportedPayments(deps, caller, PAYMENTS_AT_ONCE))
    yield await deps.exportStore.events(page.map(({ uuid }) => uuid))
}

type Read<T> = (wallet: WalletStub, limit: number) => Promise<Result<readonly T[]>>

async function readWallet<T>(deps: ExportDeps, name: WalletName, read: Read<T>) {
  const page = await deps.wallets.send(name, (wallet) => read(wallet, PAGE))
  if (!page.ok) throw new Error(`the export was cut off: ${page.refusal.code}`)
  return page.value
}

/** Ledger entries, oldest first. @throws if the session ends meanwhile */
export const exportedEntries = (deps: ExportDeps, caller: Caller, name: WalletName) =>
  pages<EntryView, number>(
    (afterSeq) =>
      readWallet(deps, name, (wallet, limit) => wallet.entries(caller, { afterSeq, limit })),
    0,
    ({ seq }) => seq,
  )

/** Calls, newest first. @throws if the session ends meanwhile */
export const exportedCalls = (deps: ExportDeps, caller: Caller, name: WalletName) =>
  pages<CallView, number | undefined>(
    (beforeSeq) =>
      readWallet(deps, name, (wallet, limit) => wallet.calls(caller, { beforeSeq, limit })),
    undefined,
    ({ seq }) => seq,
  )

/** One page, because a stream has few keys. */
export async function* exportedKeys({ streamOf }: ExportDeps, { userUuid, tokenVersion }: Caller) {
  yield await streamOf(userUuid).listKeys(tokenVersion)
}

/** One page, because a stream has few endpoints. */
export async function* exportedEndpoints({ streamOf }: ExportDeps, { userUuid }: Caller) {
  yield await streamOf(userUuid).listEndpoints()
}

/** Events of the user's stream that it still has, oldest first. */
export async function* exportedStreamEvents({ streamOf }: ExportDeps, { userUuid }: Caller) {
  const stream = streamOf(userUuid)
  for (let after = 0; ;) {
    const page = await stream.read({ after, limit: PAGE, waitMs: 0 })
    if (!page.ok && page.refusal.code === 'no_stream') return
    if (!page.ok) throw new Error(`the export was cut off: ${page.refusal.code}`)
    const { events, next } = page.value
    if (events.length === 0) return
    yield events
    after = next
  }
}
