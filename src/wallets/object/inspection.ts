/** A wallet as an operator is shown it: what it has, and the entries and calls that are asked about. */
import type { Kobo } from '../../common/money'
import { availableKobo, heldKobo } from '../core/change'
import { viewCall } from '../core/call-commands'
import type { Entry } from '../core/ledger'
import { type CallView, type WalletName, walletUuid } from '../core/wallet'
import type { WalletRow, WalletStorage } from './storage'

export interface InspectQuery {
  /** Entries whose references begin with one of these; the newest, if there is none. */
  readonly under: readonly string[]
  /** Beside the open ones. */
  readonly callUuid?: string | undefined
}

export interface WalletInspection extends WalletName {
  readonly uuid: string
  readonly createdAtMs: number
  readonly postedKobo: Kobo
  readonly availableKobo: Kobo
  readonly heldKobo: Kobo
  readonly revision: number
  /** How far D1's copy has come: behind `change` while it is late. */
  readonly projectedRevision: number
  readonly entries: readonly Entry[]
  /** The number of all entries. `entries` has the newest, or all under the requested references. */
  readonly entriesTotal: number
  readonly calls: readonly CallView[]
}

const NEWEST = 20

export function inspectWallet(
  storage: Pick<WalletStorage, 'entries' | 'entriesUnder' | 'call'>,
  name: WalletName,
  { state, revision, projectedRevision }: WalletRow,
  { under, callUuid }: InspectQuery,
  nowMs: number,
): WalletInspection {
  const asked = callUuid === undefined ? undefined : storage.call(callUuid)
  const isListed = state.openCalls.some(({ uuid }) => uuid === callUuid)
  const calls = asked && !isListed ? [asked, ...state.openCalls] : state.openCalls
  const entries =
    under.length > 0
      ? under.flatMap((prefix) => storage.entriesUnder(prefix))
      : storage.entries({ limit: NEWEST })
  return {
    ...name,
    uuid: walletUuid(name),
    createdAtMs: state.createdAtMs,
    postedKobo: state.head.balanceKobo,
    availableKobo: availableKobo(state, nowMs),
    heldKobo: heldKobo(state, nowMs),
    revision,
    projectedRevision,
    entries,
    entriesTotal: under.length > 0 ? entries.length : state.head.seq,
    calls: calls.map((call) => viewCall(state, call, nowMs)),
  }
}
