/** A payment's events in every order: the order does not affect its final state. */
import { beforeAll, describe, expect, it } from 'vitest'
import { kobo } from '../../src/common/money'
import { attemptReference } from '../../src/payments/core/references'
import { createPayment } from '../../src/payments/service'
import { confirmPayment } from '../../src/payments/confirm'
import { sweepPayments } from '../../src/payments/sweep'
import { receiveEvent } from '../../src/payments/webhook'
import { signBody } from '../../src/payments/monnify/signature'
import { ownWallet } from '../support/own-wallet'
import { newUser } from '../support/client'
import { paidEvent, SECRET, type World, worldWith } from '../support/gateway'

const EVENTS = ['init answer', 'truth', 'verify', 'webhook', 'expiry'] as const
type Event = (typeof EVENTS)[number]

/** Transactions that Monnify reports one after the other, and the payment's final state. */
const ENDINGS: Record<
  string,
  { words: [string, number][]; status: string; reason: string | null; naira: number }
> = {
  'is paid': { words: [['PAID', 1000]], status: 'completed', reason: null, naira: 1000 },
  'is paid in part': {
    words: [['PARTIALLY_PAID', 400]],
    status: 'expired',
    reason: 'partially_paid',
    naira: 400,
  },
  'is paid in part, then whole': {
    words: [
      ['PARTIALLY_PAID', 400],
      ['PAID', 1000],
    ],
    status: 'completed',
    reason: null,
    naira: 1000,
  },
  'is overpaid': { words: [['OVERPAID', 1250]], status: 'completed', reason: null, naira: 1250 },
  'is declined': { words: [['FAILED', 0]], status: 'failed', reason: 'declined', naira: 0 },
  'is reversed after it was paid': {
    words: [
      ['PAID', 1000],
      ['REVERSED', 0],
    ],
    status: 'failed',
    reason: 'reversed',
    naira: 0,
  },
}

const permutations = <T>(items: readonly T[]): T[][] =>
  items.length === 0
    ? [[]]
    : items.flatMap((item, index) =>
        permutations(items.toSpliced(index, 1)).map((rest) => [item, ...rest]),
      )

let userUuid: string

beforeAll(async () => {
  userUuid = (await newUser()).uuid
})

const wallet = () => ownWallet({ userUuid, type: 'call_credits' })

/** Starts a payment. Its checkout opens when the test calls `answered`. */
async function beginPayment(world: World) {
  const answer = Promise.withResolvers<void>()
  const reference = Promise.withResolvers<string>()
  const gateway = {
    query: world.gateway.query.bind(world.gateway),
    initialise: async (checkout: { paymentReference: string }) => {
      reference.resolve(checkout.paymentReference)
      await answer.promise
      return world.gateway.initialise(checkout)
    },
  }
  const request = {
    amountKobo: kobo(100_000),
    method: 'monnify',
    walletType: 'call_credits',
    description: null,
  } as const
  const created = createPayment({ ...world.deps, gateway }, userUuid, request, undefined)
  return { reference: await reference.promise, answered: () => (answer.resolve(), created) }
}

async function play(order: readonly Event[], words: [string, number][]) {
  const world = worldWith()
  const { reference, answered } = await beginPayment(world)
  const later = (ms: number) => ({ ...world.deps, now: () => Date.now() + ms })
  const body = new TextEncoder().encode(JSON.stringify(paidEvent(reference, 1000)))
  const signature = await signBody(SECRET, body)
  const happen: Record<Event, () => Promise<unknown>> = {
    'init answer': answered,
    truth: async () => {
      for (const [word, naira] of words) {
        world.gateway.says(reference, word, naira)
        await confirmPayment(world.deps, reference)
      }
    },
    verify: () => confirmPayment(world.deps, reference),
    webhook: () => receiveEvent(world.deps, body, signature),
    expiry: () => sweepPayments(later(50 * 60_000)),
  }
  for (const event of order) await happen[event]()
  await receiveEvent(world.deps, body, signature)
  const settled = await confirmPayment(later(25 * 3_600_000), reference)
  if (!settled.ok) throw new Error('the payment is not there')
  return settled.value
}

describe.each(Object.entries(ENDINGS))(
  'a payment that %s',
  (_, { words, status, reason, naira }) => {
    it('reaches the same result in all 120 orders of its events', async () => {
      for (const order of permutations(EVENTS)) {
        const before = (await wallet().view()).availableKobo
        const payment = await play(order, words)
        const gained = (await wallet().view()).availableKobo - before
        const end = {
          status: payment.status,
          reason: payment.failureReason,
          paid: payment.amountPaidKobo / 100,
          gained: gained / 100,
        }
        expect(end, order.join(', ')).toEqual({ status, reason, paid: naira, gained: naira })
        expect(payment.checkoutUrl, order.join(', ')).not.toBeNull()
        expect(attemptReference(payment)).toMatch(/_a1$/)
      }
    })
  },
)
