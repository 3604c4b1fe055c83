/** Operations of customers and banks on Monnify's transactions. */
import type { Transaction } from '../transaction'
import type { Random } from '../../support/random'
import type { World } from '../world'

/** Picks mostly a recent transaction, sometimes one of a later attempt. */
export function transactionOf(world: World, random: Random): Transaction | undefined {
  const all = [...world.gateway.transactions.values()]
  const again = random.chance(0.2)
    ? all.filter(({ paymentReference }) => !paymentReference.endsWith('_a1'))
    : []
  return random.pickOrNone(again) ?? random.pickOrNone(random.chance(0.8) ? all.slice(-6) : all)
}

/** A customer pays fully, in part, too much, in two parts, in another currency, or not at all. */
export async function customerActs(world: World, random: Random): Promise<string> {
  const transaction = transactionOf(world, random)
  if (!transaction) return 'nobody'
  const { status, orderedKobo } = transaction
  if (status === 'PAID') {
    if (random.chance(0.2) && transaction.currency === 'NGN')
      transaction.paidKobo += random.pick([1, 500, orderedKobo])
    return 'pays more'
  }
  if (status === 'REVERSED') return 'has been paid back'
  if (random.chance(0.12)) {
    transaction.status = random.pick(['FAILED', 'CANCELLED', 'ABANDONED', 'EXPIRED'] as const)
    return transaction.status
  }
  transaction.status = 'PAID'
  const part = Math.max(1, Math.floor(orderedKobo / 3))
  const full = [orderedKobo, orderedKobo, orderedKobo, orderedKobo, orderedKobo]
  transaction.paidKobo = random.pick([
    ...full,
    part,
    orderedKobo + 700,
    Math.max(1, orderedKobo - 1),
  ])
  if (random.chance(0.04)) transaction.currency = 'USD'
  return 'pays'
}

/** The customer's bank reverses a payment. @returns its reference, if there was one */
export function bankReverses(world: World, random: Random): string | undefined {
  const transaction = transactionOf(world, random)
  if (transaction?.status !== 'PAID') return undefined
  transaction.status = 'REVERSED'
  return transaction.paymentReference
}
