import { env } from 'cloudflare:workers'
import { drizzle } from 'drizzle-orm/d1'
import { beforeAll, describe, expect, it } from 'vitest'
import { kobo } from '../../src/common/money'
import { newReference } from '../../src/payments/core/references'
import { PAYMENT_STATUSES, type PaymentStatus } from '../../src/payments/core/payment'
import { createPaymentStore, type Payment, type WebhookEvent } from '../../src/payments/store'
import { newUser } from '../support/client'
import { worldWith } from '../support/gateway'
import { NOW, paymentRow } from '../support/payments'

const store = createPaymentStore(drizzle(env.DB))
const users: string[] = []

beforeAll(async () => {
  const { send } = worldWith({ hashPassword: () => 'none', verifyPassword: () => true })
  for (let count = 0; count < 2; count++) users.push((await newUser(send)).uuid)
})

const draft = (rest: Partial<Payment> = {}): Payment => {
  const uuid = crypto.randomUUID()
  const reference = newReference(uuid.replaceAll('-', ''))
  return paymentRow({ uuid, reference, userUuid: users[0] ?? '', ...rest })
}

/** Inserts a row and updates it. @returns the fields that changed */
async function changesOf(
  row: Partial<Payment>,
  update: (payment: Payment) => Promise<unknown>,
): Promise<Partial<Payment>> {
  const before = await store.insertOnce(draft(row))
  await update(before)
  const after = Object.entries((await store.byUuid(before.uuid)) ?? {})
  return Object.fromEntries(after.filter(([name, value]) => value !== Reflect.get(before, name)))
}

const others = (...statuses: PaymentStatus[]) =>
  PAYMENT_STATUSES.filter((status) => !statuses.includes(status))

describe('a failed attempt', () => {
  const fail = ({ uuid }: Payment) => store.failAttempt(uuid, 1, 'gateway_unavailable')

  it('closes a pending payment and ends its polls', async () => {
    expect(await changesOf({}, fail)).toEqual({
      status: 'failed',
      failureReason: 'gateway_unavailable',
      nextPollAtMs: null,
    })
  })

  it.each(others('pending'))('does not change a payment that is %s', async (status) => {
    expect(await changesOf({ status }, fail)).toEqual({})
  })

  it('does not change a payment whose next attempt has begun', async () => {
    expect(await changesOf({ attempt: 2 }, fail)).toEqual({})
  })
})

describe('an opened checkout', () => {
  const checkout = { checkoutUrl: 'https://sdk.monnify.com/1', transactionReference: 'MNFY|1' }
  const opened = { checkoutUrl: checkout.checkoutUrl, monnifyReference: 'MNFY|1' }
  const open = ({ uuid }: Payment) => store.openCheckout(uuid, 1, checkout)

  it('changes a pending payment to processing', async () => {
    expect(await changesOf({}, open)).toEqual({ ...opened, status: 'processing' })
  })

  it.each(others('pending'))('is stored in a payment that stays %s', async (status) => {
    expect(await changesOf({ status }, open)).toEqual(opened)
  })

  it('is not stored for an earlier attempt', async () => {
    expect(await changesOf({ attempt: 2 }, open)).toEqual({})
  })
})

describe('an attempt', () => {
  const claim = { nowMs: NOW, claimedAfterMs: NOW - 45_000, nextPollAtMs: NOW + 5000 }
  const begin = ({ uuid }: Payment) => store.beginAttempt(uuid, claim)
  const begun = { attempt: 2, nextPollAtMs: NOW + 5000 }

  const anew = { status: 'pending', failureReason: null, polls: 0 } as const
  const given = { failureReason: 'checkout_expired', polls: 7 }

  it.each<[string, Partial<Payment>, Partial<Payment>]>([
    ['a payment without one', { attemptBeganAtMs: null }, { attemptBeganAtMs: NOW }],
    [
      'a payment whose claim has expired',
      { attemptBeganAtMs: NOW - 45_000 },
      { attemptBeganAtMs: NOW },
    ],
    ['a failed payment, and resets its polls', { status: 'failed', ...given }, anew],
    ['an expired payment, and resets its polls', { status: 'expired', ...given }, anew],
  ])('begins for %s', async (_, row, changes) => {
    expect(await changesOf(row, begin)).toEqual({ ...begun, ...changes })
  })

  it.each<[string, Partial<Payment>]>([
    ['whose claim has not expired', { attemptBeganAtMs: NOW - 44_999 }],
    ['with a checkout', { status: 'expired', checkoutUrl: 'https://sdk.monnify.com/1' }],
    ...others('pending', 'failed', 'expired').map((status): [string, Partial<Payment>] => [
      `that is ${status}`,
      { status, attemptBeganAtMs: null },
    ]),
  ])('does not begin for a payment %s', async (_, row) => {
    expect(await changesOf(row, begin)).toEqual({})
  })
})

describe('a status update', () => {
  const row = { status: 'processing', attempt: 2, creditedEntrySeq: 2 } as const

  it.each<[string, { status?: PaymentStatus; attempt?: number }, number, boolean]>([
    ['for a later entry is applied', {}, 3, true],
    ['for a later entry is applied even if the status has changed', { status: 'pending' }, 3, true],
    ['for a later entry is applied even if the attempt has changed', { attempt: 1 }, 3, true],
    ['for the same entry is applied', {}, 2, true],
    [
      'for the same entry is not applied if the status has changed',
      { status: 'pending' },
      2,
      false,
    ],
    ['for the same entry is not applied if the attempt has changed', { attempt: 1 }, 2, false],
    ['for an earlier entry is not applied', {}, 1, false],
  ])('%s', async (_, read, creditedEntrySeq, isMade) => {
    const marked: boolean[] = []
    const changes = await changesOf(row, async (payment) =>
      marked.push(
        await store.updateStatus(
          { ...payment, ...read },
          { amountPaidKobo: kobo(5), creditedEntrySeq },
        ),
      ),
    )
    expect(marked).toEqual([isMade])
    expect(changes.amountPaidKobo).toBe(isMade ? 5 : undefined)
  })
})

describe('a poll', () => {
  it.each<[string, Partial<Payment>, boolean]>([
    ['of an unchanged payment is counted', {}, true],
    ['of a payment whose status has changed is not counted', { status: 'completed' }, false],
    ['that another poll has overtaken is not counted', { polls: 4 }, false],
  ])('%s', async (_, now, isCounted) => {
    const read = { status: 'processing', polls: 3 } as const
    const next = NOW + 10
    const begun: boolean[] = []
    const counted = await changesOf({ ...read, ...now }, async (payment) =>
      begun.push(await store.beginPoll({ ...payment, ...read }, { polls: 4, nextPollAtMs: next })),
    )
    expect([begun, counted]).toEqual([
      [isCounted],
      isCounted ? { polls: 4, nextPollAtMs: next } : {},
    ])
    const set = await changesOf({ ...read, ...now }, (payment) =>
      store.setNextPoll({ ...payment, ...read }, next),
    )
    expect(set).toEqual(isCounted ? { nextPollAtMs: next } : {})
  })

  it('is due for open and expired payments, the most overdue first', async () => {
    const due = { processing: 3, pending: 1, expired: 2 }
    for (const status of PAYMENT_STATUSES)
      await store.insertOnce(draft({ status, nextPollAtMs: Reflect.get(due, status) ?? 0 }))
    await store.insertOnce(draft({ nextPollAtMs: 4 }))
    await store.insertOnce(draft({ nextPollAtMs: null }))
    const listed = await store.listDueForPoll(4, 10)
    const rows = await Promise.all(listed.map(({ reference }) => store.byReference(reference)))
    expect(rows.map((row) => row?.status)).toEqual(['pending', 'expired', 'processing'])
  })
})

describe('an event', () => {
  const received = async (rest: Partial<WebhookEvent> = {}) => {
    const event: WebhookEvent = {
      bodyHash: crypto.randomUUID(),
      body: '{}',
      eventType: 'SUCCESSFUL_TRANSACTION',
      paymentReference: crypto.randomUUID(),
      timesReceived: 1,
      receivedAtMs: NOW,
      triedAtMs: NOW,
      nextTryAtMs: 5,
      ...rest,
    }
    await store.recordEvent(event)
    return event
  }
  const rowOf = ({ bodyHash }: WebhookEvent) =>
    env.DB.prepare('SELECT * FROM webhook_events WHERE body_hash = ?').bind(bodyHash).first()

  it('is due at its time, the most overdue first, and never without a payment', async () => {
    const events = [await received({ nextTryAtMs: 5 }), await received({ nextTryAtMs: 3 })]
    await received({ nextTryAtMs: 6 })
    await received({ nextTryAtMs: null })
    await received({ nextTryAtMs: 1, paymentReference: null })
    const due = await store.openEvents(5, 10)
    expect(due.map(({ bodyHash }) => bodyHash)).toEqual(
      events.toReversed().map(({ bodyHash }) => bodyHash),
    )
    for (const event of events) await store.recordOutcome(event.bodyHash, 'settled')
  })

  it('is counted as tried once if two sweeps try it', async () => {
    const event = { ...(await received()), tries: 0, paymentReference: 'AIL-x' }
    await store.recordTry(event, NOW + 1, 7)
    await store.recordTry(event, NOW + 2, 9)
    expect(await rowOf(event)).toMatchObject({ tries: 1, tried_at_ms: NOW + 1, next_try_at_ms: 7 })
  })

  it.each([
    ['settled', null],
    ['unknown_reference', 5],
  ])('with the outcome %s is due at %s', async (outcome, next_try_at_ms) => {
    const event = await received()
    await store.recordOutcome(event.bodyHash, outcome)
    expect(await rowOf(event)).toMatchObject({ outcome, next_try_at_ms })
  })

  it('keeps its outcome and its next try when it arrives again', async () => {
    const event = await received()
    await store.recordOutcome(event.bodyHash, 'settled')
    await store.recordEvent({ ...event, receivedAtMs: NOW + 9, nextTryAtMs: 99 })
    expect(await rowOf(event)).toMatchObject({
      times_received: 2,
      outcome: 'settled',
      received_at_ms: NOW,
      next_try_at_ms: null,
    })
  })
})

it('an idempotency key belongs to a user: each gets their own payment again', async () => {
  const idempotencyKey = crypto.randomUUID()
  for (const userUuid of users) {
    const first = await store.insertOnce(draft({ userUuid, idempotencyKey }))
    const again = await store.insertOnce(draft({ userUuid, idempotencyKey }))
    expect(again).toEqual(first)
    expect(again.userUuid).toBe(userUuid)
  }
})
