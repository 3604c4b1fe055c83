/**
 * Checks that a history is linearizable, wallet by wallet: every command has one revision, responses follow from
 * earlier commands, and real time is respected. Also checks the total of all wallets. Pure.
 */
import { auditBank, auditBooks } from '../books/audit.ts'
import type { History, Operation, WalletHistory } from './history.ts'
import { isPlaced } from './history.ts'
import { type RealTime, realTimeOf } from './real-time.ts'
import type { WalletType } from '../books/records.ts'
import { replay } from './replay.ts'
import { inWords } from './told.ts'
import { eventsOf, type WalletEvent } from './wallet-events.ts'

const TYPES: readonly WalletType[] = ['primary', 'call_credits']

/** A request that was sent after another response must not have a lower revision. */
const outOfOrder = (operations: readonly Operation[], { floor }: RealTime): string[] =>
  operations
    .filter(isPlaced)
    .flatMap((operation) =>
      floor(operation) > operation.position
        ? [
            `${inWords(operation)} is in ${operation.position}, but ${floor(operation)} was over before it began`,
          ]
        : [],
    )

/** Changes whose responses have the same revision. */
function sharedPositions(events: readonly WalletEvent[]): string[] {
  const fixed = events.filter(({ from, to }) => from === to)
  return [...Map.groupBy(fixed, ({ from }) => from)]
    .filter(([, sharing]) => sharing.length > 1)
    .map(
      ([position, sharing]) =>
        `position ${position}: ${sharing.map(({ name }) => name).join(' and ')}`,
    )
}

function checkWallet(history: WalletHistory): string[] {
  const realTime = realTimeOf(history.operations)
  const { events, findings } = eventsOf(history, realTime)
  const found = [
    ...outOfOrder(history.operations, realTime),
    ...findings,
    ...sharedPositions(events),
  ]
  const broken = replay(history, events)
  if (broken) found.push(broken)
  return found.map((finding) => `${history.books.user}, ${history.type}: ${finding}`)
}

/** @returns faults of a history; none if it is correct */
export function checkHistory({ operations, books, limits }: History): string[] {
  const byUser = Map.groupBy(operations, ({ user }) => user)
  const wallets = books.flatMap((own) =>
    TYPES.map((type): WalletHistory => {
      const all = byUser.get(own.user) ?? []
      /** Payments move money in both wallets, whichever answers. */
      const isOfWallet = ({ wallet, position }: Operation) =>
        position === undefined || wallet === type
      return { limits, type, books: own, operations: all.filter(isOfWallet) }
    }),
  )
  return [
    ...auditBank(books),
    ...books.flatMap((own) => auditBooks(own, true)),
    ...wallets.flatMap(checkWallet),
  ]
}
