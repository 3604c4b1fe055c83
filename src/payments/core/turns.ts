/**
 * Selects the payments that a sweep polls: each user's most overdue, then each user's second, and so on.
 * @param due the most overdue first
 * @returns at most `limit` of them
 */
export function takeTurns<Due extends { readonly userUuid: string }>(
  due: readonly Due[],
  limit: number,
): Due[] {
  const turnsOf = new Map<string, number>()
  const turns = due.map((payment) => {
    const turn = turnsOf.get(payment.userUuid) ?? 0
    turnsOf.set(payment.userUuid, turn + 1)
    return { payment, turn }
  })
  return turns
    .toSorted((one, other) => one.turn - other.turn)
    .slice(0, limit)
    .map(({ payment }) => payment)
}
