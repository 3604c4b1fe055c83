/** Each payment is polled a limited number of times, in fair order. */
import { afterEach, beforeEach, expect, test } from 'vitest'
import { kobo } from '../../../src/common/money'
import { ok } from '../../../src/common/result'
import { PAYMENT_STATUSES, type PaymentMethod } from '../../../src/payments/core/payment'
import { NO_FAULTS } from './faults'
import { DAY_MS, MINUTE_MS, NO_ANSWER, openScene, type Query, says } from './liveness-scene'

let scene: ReturnType<typeof openScene>

beforeEach(() => {
  scene = openScene()
})

afterEach(() => {
  scene.close()
})

const ANSWERS: Record<string, Query> = {
  'does not respond': async () => NO_ANSWER,
  'does not know it': async () => ok(undefined),
  'says another currency': async (reference) => says(reference, 'PAID', { currency: 'USD' }),
  'says another reference': async (reference) => says(`${reference}0`, 'PAID'),
  'breaks its client': async () => {
    throw new Error('the client broke')
  },
}
const WORDS =
  'PENDING PAID OVERPAID PARTIALLY_PAID UNDERPAID FAILED CANCELLED ABANDONED EXPIRED REVERSED'
const UNUSUAL_WORDS = ['REFUNDED', 'PARTIALLY_REFUNDED', 'SOMETHING_NEW', 'paid', '']
for (const word of [...WORDS.split(' '), ...UNUSUAL_WORDS])
  for (const amountPaidKobo of [0, 50, 100])
    ANSWERS[`says "${word}" of ${amountPaidKobo} of 100`] = async (reference) =>
      says(reference, word, { amountPaidKobo: kobo(amountPaidKobo) })

/** Starts a poller for a payment of each status, before and after its first attempt. */
async function startPollers(method: PaymentMethod, dueInMs: number | null): Promise<void> {
  const userUuid = await scene.addUser()
  const { startPoller, paymentStore } = scene.world.deps
  let index = 0
  for (const status of PAYMENT_STATUSES)
    for (const attempt of [0, 1]) {
      const completedAtMs = status === 'completed' ? Date.now() : null
      const nextPollAtMs = dueInMs === null ? null : Date.now() + dueInMs
      const more = { method, status, attempt, completedAtMs, nextPollAtMs }
      const row = scene.paymentRow(userUuid, index++, more)
      await paymentStore.insertOnce(row)
      await startPoller(row.reference, Date.now() + 5000)
    }
}

test.each(Object.entries(ANSWERS))(
  'a top-up of any status is polled at most 40 times if the gateway %s',
  async (_, query) => {
    scene.answerWith(query)
    await startPollers('monnify', null)
    expect((await scene.suffer(NO_FAULTS, 7 * DAY_MS)).findings).toEqual([])
    expect(scene.isAtRest()).toBe(true)
  },
)

test.each([null, -DAY_MS, -1, 5000])(
  'a transfer of any status that no wallet knows is polled at most 40 times (due in %s ms)',
  async (dueInMs) => {
    await startPollers('wallet', dueInMs)
    expect((await scene.suffer(NO_FAULTS, 7 * DAY_MS)).findings).toEqual([])
    expect(scene.isAtRest()).toBe(true)
  },
)

const REJECTED = {
  method: 'wallet',
  status: 'failed',
  failureReason: 'insufficient_funds',
} as const

const THEIRS = 20 * MINUTE_MS

test.each([
  ['60 unanswered top-ups', 60, 0, {}],
  ['1,000 unanswered top-ups', 1000, 0, {}],
  ['500 unanswered top-ups, and 500 that are due later,', 500, 500, {}],
  ['1,000 unanswered top-ups, and as many that are due later,', 1000, 1000, {}],
  ['60 rejected transfers that an earlier release left due', 60, 0, REJECTED],
  ['1,000 rejected transfers that an earlier release left due', 1000, 0, REJECTED],
] as const)("%s of one user do not delay another's", async (_, earlier, later, more) => {
  const { paymentStore } = scene.world.deps
  const [busy, other] = [await scene.addUser(), await scene.addUser()]
  const paid = scene.paymentRow(other, 0, { nextPollAtMs: Date.now() + THEIRS })
  await paymentStore.insertOnce(paid)
  for (let index = 1; index <= earlier + later; index++) {
    const nextPollAtMs = Date.now() + (index <= earlier ? index : THEIRS + index)
    await paymentStore.insertOnce(scene.paymentRow(busy, index, { ...more, nextPollAtMs }))
  }
  scene.world.pass(THEIRS + MINUTE_MS)
  scene.answerWith(async (reference) =>
    reference === `${paid.reference}_a1` ? says(reference, 'PAID') : NO_ANSWER,
  )
  const { findings } = await scene.suffer(NO_FAULTS, 10 * MINUTE_MS)
  expect(findings.slice(0, 1)).toEqual([])
  expect(await paymentStore.byUuid(paid.uuid)).toMatchObject({ status: 'completed' })
})
