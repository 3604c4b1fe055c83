/** A wallet as a lookup shows it to an operator. */
import type { Kobo } from '../../common/money'
import { availableKobo, heldKobo } from '../core/change'
import { viewCall } from '../core/call-commands'
import type { Entry } from '../core/ledger'
import { type CallView, type EntryView, type WalletName, walletUuid } from '../core/wallet'
import type { WalletRow, WalletStorage } from './storage'
import type { CallPage, EntryPage } from './tables/pages'

export interface InspectQuery {
  /** Prefixes of entry references. Without any, the newest entries are returned. */
  readonly under: readonly string[]
  /** Call to return in addition to the open ones. */
  readonly callUuid?: string | undefined
  /** Page of entries to return instead of the newest ones. */
  readonly entryPage?: EntryPage | undefined
  /** Page of calls to return instead of the open ones. */
  readonly callPage?: CallPage | undefined
}

export interface WalletInspection extends WalletName {
  readonly uuid: string
  readonly createdAtMs: number
  readonly postedKobo: Kobo
  readonly availableKobo: Kobo
  readonly heldKobo: Kobo
  readonly debtKobo: Kobo
  readonly goodwillKobo: Kobo
  readonly frozenAtMs: number | null
  readonly erasedAtMs: number | null
  readonly revision: number
  /** Revision in D1. It is below `revision` while the projection is late. */
  readonly projectedRevision: number
  /** Entries of a page have the recipients of their calls. */
  readonly entries: readonly (Entry | EntryView)[]
  /** Number of matching entries. Without prefixes, `entries` has only the newest of them. */
  readonly entriesTotal: number
  readonly calls: readonly CallView[]
}

const NEWEST = 20

export function inspectWallet(
  storage: Pick<WalletStorage, 'entries' | 'entriesUnder' | 'call' | 'calls'>,
  name: WalletName,
  { state, revision, projectedRevision }: WalletRow,
  { under, callUuid, entryPage = { limit: NEWEST }, callPage }: InspectQuery,
  nowMs: number,
): WalletInspection {
  const asked = callUuid === undefined ? undefined : storage.call(callUuid)
  const isListed = state.openCalls.some(({ uuid }) => uuid === callUuid)
  const open = asked && !isListed ? [asked, ...state.openCalls] : state.openCalls
  const calls = callPage ? storage.calls(callPage) : open
  const entries: readonly (Entry | EntryView)[] =
    under.length > 0
      ? under.flatMap((prefix) => storage.entriesUnder(prefix))
      : storage.entries(entryPage)
  return {
    ...name,
    uuid: walletUuid(name),
    createdAtMs: state.createdAtMs,
    postedKobo: state.head.balanceKobo,
    availableKobo: availableKobo(state, nowMs),
    heldKobo: heldKobo(state, nowMs),
    debtKobo: state.debtKobo,
    goodwillKobo: state.goodwillKobo,
    frozenAtMs: state.frozenAtMs,
    erasedAtMs: state.erasedAtMs,
    revision,
    projectedRevision,
    entries,
    entriesTotal: under.length > 0 ? entries.length : state.head.seq,
    calls: calls.map((call) => viewCall(state, call, nowMs)),
  }
}
