/**
 * The checker's own model of a wallet, which shares no code with the service. Calls last less than a minute here,
 * so a call holds its opening hold. Pure.
 */
import type { History } from './history.ts'
import type { CallRecord, LedgerEntry } from '../books/records.ts'
import type { WalletEvent } from './wallet-events.ts'

export type OpenStatus = 'initiated' | 'answered'

export interface ModelState {
  readonly postedKobo: number
  /** Number of entries and of started calls. */
  readonly entries: number
  readonly calls: number
  readonly open: ReadonlyMap<string, { readonly status: OpenStatus; readonly holdKobo: number }>
}

export const NEW_WALLET: ModelState = { postedKobo: 0, entries: 0, calls: 0, open: new Map() }

export const heldKobo = ({ open }: ModelState): number =>
  [...open.values()].reduce((sum, { holdKobo }) => sum + holdKobo, 0)

export const availableKobo = (state: ModelState): number => state.postedKobo - heldKobo(state)

/** Next state, or why there is none. */
export type Next = ModelState | string

function post(state: ModelState, entry: LedgerEntry): Next {
  const { seq, amountKobo, balanceKobo } = entry
  const postedKobo = state.postedKobo + amountKobo
  if (seq !== state.entries + 1) return `entry ${seq} does not follow entry ${state.entries}`
  if (postedKobo !== balanceKobo)
    return `entry ${seq} leaves ${balanceKobo}, not ${postedKobo} kobo`
  if (amountKobo < 0 && postedKobo < heldKobo(state)) return `entry ${seq} spends what is held`
  return { ...state, postedKobo, entries: seq }
}

function start(state: ModelState, call: CallRecord, { maxOpenCalls }: History['limits']): Next {
  const { uuid, holdKobo } = call
  if (availableKobo(state) < holdKobo) return `${availableKobo(state)} kobo do not pay the hold`
  if (state.open.size >= maxOpenCalls) return `${state.open.size} calls are open already`
  const open = new Map(state.open).set(uuid, { status: 'initiated', holdKobo })
  return { ...state, calls: state.calls + 1, open }
}

function answer(state: ModelState, { uuid }: CallRecord): Next {
  const call = state.open.get(uuid)
  if (call?.status !== 'initiated') return `the call is ${call?.status ?? 'not open'}`
  return { ...state, open: new Map(state.open).set(uuid, { ...call, status: 'answered' }) }
}

function end(state: ModelState, call: CallRecord, entry: LedgerEntry | undefined): Next {
  const known = state.open.get(call.uuid)
  const expected = call.startedAtMs === null ? 'initiated' : 'answered'
  if (known?.status !== expected)
    return `the call is ${known?.status ?? 'not open'}, not ${expected}`
  const open = new Map(state.open)
  open.delete(call.uuid)
  const released = { ...state, open }
  if (-(entry?.amountKobo ?? 0) !== call.priceKobo)
    return `it is not charged ${call.priceKobo} kobo`
  return entry ? post(released, entry) : released
}

export function follow(state: ModelState, event: WalletEvent, limits: History['limits']): Next {
  const { kind, call, entry } = event
  if (kind === 'entry') return entry ? post(state, entry) : 'there is no entry'
  if (!call) return 'there is no call'
  if (kind === 'start') return start(state, call, limits)
  return kind === 'answer' ? answer(state, call) : end(state, call, entry)
}
