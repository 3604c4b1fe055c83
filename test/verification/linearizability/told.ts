/** Checks a response against the wallet's state at its revision. Pure. */
import type { History, Operation } from './history.ts'
import type { Books } from '../books/books.ts'
import type { CallRecord } from '../books/records.ts'
import { availableKobo, heldKobo, type ModelState } from './wallet-model.ts'

/** Page size of the lists that clients read. */
export const LISTED = 20

export interface Position {
  readonly state: ModelState
  readonly limits: History['limits']
  readonly books: Books
  readonly entries: Books['wallets']['primary']['entries']
}

/** Status of a call at that revision. */
function statusOf({ state, books }: Position, uuid: string): string | undefined {
  const open = state.open.get(uuid)
  if (open) return open.status
  const index = books.calls.findIndex((call) => call.uuid === uuid)
  return index === -1 || index >= state.calls ? undefined : books.calls[index]?.status
}

function isSoThen(position: Position, told: CallRecord): boolean {
  const costKobo = position.state.open.get(told.uuid)?.holdKobo ?? told.priceKobo
  return statusOf(position, told.uuid) === told.status && told.costKobo === costKobo
}

const same = (a: readonly (string | number)[], b: readonly (string | number)[]): boolean =>
  a.join() === b.join()

function isListedThen(position: Position, told: readonly CallRecord[]): boolean {
  const then = position.books.calls.slice(0, position.state.calls).slice(-LISTED).toReversed()
  const uuids = (calls: readonly CallRecord[]) => calls.map(({ uuid }) => uuid)
  return same(uuids(told), uuids(then)) && told.every((call) => isSoThen(position, call))
}

function isLedgerThen(position: Position, { shown }: Operation): boolean {
  const then = position.entries.slice(0, position.state.entries).slice(-LISTED).toReversed()
  const figures = (entries: Position['entries']) =>
    entries.flatMap(({ seq, amountKobo, balanceKobo }) => [seq, amountKobo, balanceKobo])
  return same(figures(shown?.entries ?? []), figures(then))
}

const isOpen = (status: string | undefined): boolean =>
  status === 'initiated' || status === 'answered'

function isRefusedRightly(position: Position, { kind, code, about }: Operation): boolean {
  const { state, limits } = position
  const status = statusOf(position, about)
  switch (code) {
    case 'insufficient_funds':
      return kind === 'start' && availableKobo(state) < limits.holdKobo
    case 'too_many_calls':
      return kind === 'start' && state.open.size >= limits.maxOpenCalls
    case 'call_state_conflict':
      return kind === 'answer' ? !isOpen(status) : kind === 'end' && status === 'answered'
    default:
      return false
  }
}

/** @returns whether the response to an operation is correct at its revision */
export function isToldRightly(position: Position, operation: Operation): boolean {
  const { outcome, kind, shown, replayed } = operation
  if (outcome === 'refused') return isRefusedRightly(position, operation)
  const { state } = position
  if (kind === 'wallet')
    return (
      shown?.wallet?.heldKobo === heldKobo(state) &&
      shown.wallet.balanceKobo === availableKobo(state)
    )
  if (kind === 'calls') return isListedThen(position, shown?.calls ?? [])
  if (kind === 'ledger') return isLedgerThen(position, operation)
  if (!shown?.call) return false
  /** A repeat returns the first response, whatever happened to the call since. */
  if (replayed) return statusOf(position, shown.call.uuid) !== undefined
  return isSoThen(position, shown.call)
}

export const inWords = ({ kind, about, code, shown }: Operation): string => {
  const { wallet, call, calls, entries } = shown ?? {}
  const facts = [
    code,
    wallet && `${wallet.balanceKobo} kobo, ${wallet.heldKobo} held`,
    call && `${call.status}, ${call.costKobo} kobo`,
    calls && `${calls.length} calls`,
    entries && `up to entry ${entries[0]?.seq ?? 0}`,
  ]
  return `${kind} ${about} (${facts.filter(Boolean).join(', ')})`
}
