/** Which overdue payments a sweep polls: each user's longest overdue, then each user's second, and so on. Pure. */
import type { DuePayment } from './store'

/** @returns at most `limit` of `due`, none twice */
export function takeTurns(due: readonly DuePayment[], limit: number): DuePayment[] {
  const byUser = new Map<string, Map<string, DuePayment>>()
  for (const payment of due) {
    const own = byUser.get(payment.userUuid) ?? new Map<string, DuePayment>()
    byUser.set(payment.userUuid, own.set(payment.reference, payment))
  }
  const queues = [...byUser.values()].map((own) =>
    [...own.values()].toSorted((one, other) => dueMs(one) - dueMs(other)),
  )
  const turns = queues.flatMap((queue) => queue.map((payment, turn) => ({ payment, turn })))
  return turns
    .toSorted((one, other) => one.turn - other.turn || dueMs(one.payment) - dueMs(other.payment))
    .slice(0, limit)
    .map(({ payment }) => payment)
}

const dueMs = ({ nextAskAtMs }: DuePayment): number => nextAskAtMs ?? Infinity
