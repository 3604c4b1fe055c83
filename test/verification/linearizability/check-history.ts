/**
 * The judge of a history: linearisable wallet by wallet (every command has one position, answers
 * follow from the commands before it, and real time is respected), and the bank total over all. Pure.
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

/** What was asked after another answer was there has no lower position. */
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

/** Two changes whose answers name the same position. */
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

/** @returns what is wrong with a history: nothing, if it is that of a bank that loses no kobo */
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
