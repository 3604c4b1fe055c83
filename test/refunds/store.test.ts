/** Refunds in D1: which of several requests and tries counts. */
import { env } from 'cloudflare:workers'
import { drizzle } from 'drizzle-orm/d1'
import { describe, expect, it } from 'vitest'
import { kobo } from '../../src/common/money'
import { DAY_REFUNDS } from '../../src/refunds/core/refund'
import { createRefundStore, type Refund } from '../../src/refunds/store'

const DAY_MS = 86_400_000
const store = createRefundStore(drizzle(env.DB))

const newRefund = (given: Partial<Refund> = {}): Refund => ({
  uuid: crypto.randomUUID(),
  paymentUuid: crypto.randomUUID(),
  userUuid: crypto.randomUUID(),
  reference: `AILR-${crypto.randomUUID()}`,
  paymentReference: 'AIL-1_a1',
  transactionReference: 'MNFY|1',
  method: 'monnify',
  amountKobo: kobo(10_000),
  status: 'pending',
  reason: 'Paid twice',
  operator: null,
  evidence: null,
  destination: null,
  failureReason: null,
  tries: 0,
  nextTryAtMs: 1000,
  idempotencyKey: null,
  fingerprint: null,
  createdAtMs: DAY_MS,
  completedAtMs: null,
  ...given,
})

const NO_LIMIT = kobo(1_000_000_000)

async function inserted(given: Partial<Refund> = {}): Promise<Refund> {
  const refund = await store.insertOnce(newRefund(given), NO_LIMIT)
  if (!refund) throw new Error('the refund was not inserted')
  return refund
}

describe('the limit of a day', () => {
  it('counts ten refunds of a user, small ones too, and none of an operator', async () => {
    const userUuid = crypto.randomUUID()
    const request = (given: Partial<Refund> = {}) =>
      store.insertOnce(newRefund({ userUuid, ...given }), NO_LIMIT)
    for (let count = 0; count < DAY_REFUNDS; count++) expect(await request()).toBeDefined()
    expect(await request()).toBeUndefined()
    expect(await request({ operator: 'Ada' })).toBeDefined()
    expect(await request({ createdAtMs: 2 * DAY_MS })).toBeDefined()
  })
})

describe('a try', () => {
  it('is begun by one of several requests that read the same row', async () => {
    const refund = await inserted()
    const begun = await Promise.all([1, 2, 3].map(() => store.beginTry(refund, 2000)))
    expect(begun.filter(Boolean)).toHaveLength(1)
  })

  it('owns the refund until another one begins, or the refund is decided', async () => {
    const refund = await inserted()
    await store.beginTry(refund, 2000)
    const first = { ...refund, tries: 1 }
    expect(await store.extendTry(first, 3000)).toBe(true)
    const read = await store.byUuid(refund.uuid)
    expect(read).toMatchObject({ tries: 1, nextTryAtMs: 3000 })
    expect(await store.beginTry({ ...first, nextTryAtMs: 2000 }, 9000)).toBe(false)
    expect(await store.beginTry(read ?? refund, 9000)).toBe(true)
    expect(await store.extendTry(first, 9999)).toBe(false)
    await store.remove(first)
    expect(await store.byUuid(refund.uuid)).toMatchObject({ tries: 2, nextTryAtMs: 9000 })
    await store.update(refund.uuid, { status: 'completed' })
    expect(await store.extendTry({ ...refund, tries: 2 }, 9999)).toBe(false)
  })

  it('removes its own refund', async () => {
    const refund = await inserted()
    await store.beginTry(refund, 2000)
    await store.remove({ ...refund, tries: 1 })
    expect(await store.byUuid(refund.uuid)).toBeUndefined()
  })
})

describe('a decision of an operator', () => {
  it('is recorded once, and only while the refund is in progress', async () => {
    const { uuid } = await inserted()
    const paid = { evidence: 'Ada: session 15', failureReason: null }
    expect(await store.recordDecision(uuid, paid)).toBe(false)
    await store.update(uuid, { status: 'processing' })
    expect(await store.recordDecision(uuid, paid)).toBe(true)
    expect(await store.recordDecision(uuid, { ...paid, failureReason: 'not_paid' })).toBe(false)
    expect(await store.byUuid(uuid)).toMatchObject(paid)
  })
})
