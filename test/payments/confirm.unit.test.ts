import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { kobo } from '../../src/common/money'
import { ok, refuse } from '../../src/common/result'
import { PAYMENT_STATUSES, type PaymentStatus } from '../../src/payments/core/payment'
import { failTransfer, recordTransfer, confirmPayment } from '../../src/payments/confirm'
import { NOW, paymentRow, recordedPayments, transactionOf } from '../support/payments'
import type { PaymentCredit } from '../../src/wallets/core/payment-commands'

beforeEach(() => {
  vi.spyOn(console, 'error').mockImplementation(() => undefined)
  vi.spyOn(console, 'log').mockImplementation(() => undefined)
})
afterEach(() => {
  vi.restoreAllMocks()
})

const MINUTE_MS = 60_000
const REFERENCE = paymentRow().reference
const attemptOf = (attempt: number) => `${REFERENCE}_a${attempt}`

/** Response of a wallet that has reversed the whole payment. */
const REVERSED: PaymentCredit = {
  netCreditedKobo: kobo(0),
  refundedKobo: kobo(0),
  shortfallKobo: kobo(0),
  isReversed: true,
  owedKobo: kobo(0),
  excessKobo: kobo(0),
  entrySeq: 2,
}

describe('confirming a payment', () => {
  const owed = async () => ok({ ...REVERSED, owedKobo: kobo(500) })

  it('records a debt before the status update, also after two failures', async () => {
    let failures = 2
    const { deps, names } = recordedPayments({
      payment: { status: 'completed' },
      says: async (named) => ok(transactionOf(named, { status: 'REVERSED' })),
      wallet: owed,
      before: (effect) => {
        if (effect === 'exception' && failures-- > 0) throw new Error('D1 is down')
      },
    })
    for (let times = 0; times < 2; times++)
      await expect(confirmPayment(deps, REFERENCE)).rejects.toThrow('D1 is down')
    expect(names()).not.toContain('mark')
    await confirmPayment(deps, REFERENCE)
    expect(names().slice(-2)).toEqual(['exception', 'mark'])
  })

  it('records an unclear transaction before the status update', async () => {
    const { deps, names, named } = recordedPayments({
      payment: { status: 'processing' },
      says: async (reference) => ok(transactionOf(reference, { status: 'SOMETHING_NEW' })),
    })
    await confirmPayment(deps, REFERENCE)
    expect(names()).toEqual(['query', 'exception', 'mark'])
    expect(named('exception')).toEqual([['exception', 'unknown_status', attemptOf(1), 0]])
  })

  it.each([
    [1, [1]],
    [2, [2, 1]],
    [9, [9, 8, 7, 6, 5, 4]],
  ])('by the reference of attempt %i queries the attempts %j', async (attempt, queried) => {
    const { deps, named } = recordedPayments({ payment: { status: 'processing', attempt } })
    await confirmPayment(deps, REFERENCE)
    expect(named('query')).toEqual(queried.map((number) => ['query', attemptOf(number)]))
  })

  it.each([
    ['an attempt that was never made', { attempt: 1 }, attemptOf(2)],
    ['a payment without an attempt', { attempt: 0 }, REFERENCE],
  ])('with %s queries nothing', async (_, rest, reference) => {
    const { deps, named } = recordedPayments({ payment: { status: 'processing', ...rest } })
    expect(await confirmPayment(deps, reference)).toMatchObject({ ok: true })
    expect(named('query')).toEqual([])
  })

  it('is refused while the gateway is unavailable, and updates nothing', async () => {
    const says = async () => refuse({ code: 'gateway_unavailable' })
    const { deps, names } = recordedPayments({ payment: { status: 'processing' }, says })
    expect(await confirmPayment(deps, REFERENCE)).toMatchObject({
      refusal: { code: 'gateway_unavailable' },
    })
    expect(names()).toEqual(['query'])
  })

  it('fails a fully reversed payment, and records no exception if there is no debt', async () => {
    const { deps, state, names } = recordedPayments({
      payment: { status: 'completed', completedAtMs: NOW, amountPaidKobo: kobo(100_000) },
      says: async (named) => ok(transactionOf(named, { status: 'REVERSED' })),
      wallet: async () => ok(REVERSED),
    })
    await confirmPayment(deps, REFERENCE)
    expect(names()).toEqual(['query', 'wallet', 'mark'])
    expect(state.payment).toMatchObject({
      status: 'failed',
      failureReason: 'reversed',
      amountPaidKobo: 0,
      completedAtMs: null,
      creditedEntrySeq: 2,
    })
  })

  it("stores Monnify's reference of the current attempt only", async () => {
    const { deps, state } = recordedPayments({ payment: { status: 'processing', attempt: 2 } })
    await confirmPayment(deps, REFERENCE)
    expect(state.payment.monnifyReference).toBe(`MNFY|${attemptOf(2)}`)
    await confirmPayment(deps, attemptOf(1))
    expect(state.payment.monnifyReference).toBe(`MNFY|${attemptOf(2)}`)
  })

  it('keeps the time of completion, and the planned poll of an open payment', async () => {
    const paid = { ...REVERSED, netCreditedKobo: kobo(100_000), isReversed: false, entrySeq: 1 }
    const completed = recordedPayments({
      payment: { status: 'completed', completedAtMs: 5, nextPollAtMs: null },
      says: async (named) =>
        ok(transactionOf(named, { status: 'PAID', amountPaidKobo: kobo(100_000) })),
      wallet: async () => ok(paid),
    })
    await confirmPayment(completed.deps, REFERENCE)
    expect(completed.state.payment.completedAtMs).toBe(5)
    const open = recordedPayments({ payment: { status: 'processing', nextPollAtMs: 7 } })
    await confirmPayment(open.deps, REFERENCE)
    expect(open.state.payment.nextPollAtMs).toBe(7)
  })

  it('plans the polls of a reopened payment, and clears those of a payment that ends', async () => {
    const opened = recordedPayments({
      payment: { status: 'failed', nextPollAtMs: null, polls: 1 },
      says: async (named) =>
        ok(transactionOf(named, { status: 'SOMETHING_NEW', amountPaidKobo: kobo(5) })),
    })
    await confirmPayment(opened.deps, REFERENCE)
    expect(opened.state.payment).toMatchObject({ status: 'processing', nextPollAtMs: NOW + 5000 })
    const ended = recordedPayments({
      payment: { status: 'processing' },
      says: async (named) => ok(transactionOf(named, { status: 'FAILED' })),
    })
    await confirmPayment(ended.deps, REFERENCE)
    expect(ended.state.payment).toMatchObject({ status: 'failed', nextPollAtMs: null })
  })

  it('keeps a reversed payment failed if its whole amount is still owed', async () => {
    const { deps, state } = recordedPayments({
      payment: { status: 'failed', failureReason: 'reversed', amountPaidKobo: kobo(100_000) },
    })
    await confirmPayment(deps, REFERENCE)
    expect(state.payment).toMatchObject({ status: 'failed', failureReason: 'reversed' })
  })

  it('updates nothing if the wallet refuses the credit', async () => {
    const { deps, names } = recordedPayments({
      payment: { status: 'processing' },
      says: async (named) =>
        ok(transactionOf(named, { status: 'PAID', amountPaidKobo: kobo(100_000) })),
      wallet: async () => refuse({ code: 'not_found' }),
    })
    await expect(confirmPayment(deps, REFERENCE)).rejects.toThrow('the wallet refused received')
    expect(names()).not.toContain('mark')
  })
})

describe('a transfer', () => {
  const transfer = { method: 'wallet', attempt: 0 } as const
  const unknown = async () => refuse({ code: 'not_found' })

  it.each([
    [15 * MINUTE_MS, 'pending'],
    [15 * MINUTE_MS + 1, 'failed'],
  ])('that the wallet does not know %i ms after it began is %s', async (ms, status) => {
    for (const began of [{ attemptBeganAtMs: null }, { createdAtMs: NOW - 86_400_000 }]) {
      const { deps, state } = recordedPayments({
        payment: { ...transfer, ...began },
        wallet: unknown,
      })
      state.nowMs += ms
      await confirmPayment(deps, REFERENCE)
      expect(state.payment.status).toBe(status)
    }
  })

  const after = async (
    status: PaymentStatus,
    update: (parts: ReturnType<typeof recordedPayments>) => Promise<void>,
  ) => {
    const parts = recordedPayments({ payment: { ...transfer, status } })
    await update(parts)
    return parts.state.payment.status
  }

  it.each(PAYMENT_STATUSES)(
    'with status %s makes only the transitions that are allowed',
    async (status) => {
      const isOpen = ['pending', 'processing', 'failed'].includes(status)
      for (const [delivered, marked] of [
        [true, 'completed'],
        [false, 'processing'],
      ] as const)
        expect(
          await after(status, ({ deps, state }) => recordTransfer(deps, state.payment, delivered)),
        ).toBe(isOpen ? marked : status)
      expect(
        await after(status, ({ deps, state }) => failTransfer(deps, state.payment, 'not_executed')),
      ).toBe(status === 'pending' ? 'failed' : status)
    },
  )

  it.each([
    [true, { amountPaidKobo: 100_000, completedAtMs: NOW, nextPollAtMs: null }],
    [false, { amountPaidKobo: 0, completedAtMs: null, nextPollAtMs: NOW + 5000 }],
  ])(
    'that failed but was debited later (delivered: %s) updates the payment',
    async (delivered, shown) => {
      const failed = {
        status: 'failed',
        failureReason: 'not_executed',
        nextPollAtMs: null,
      } as const
      const { deps, state } = recordedPayments({ payment: { ...transfer, ...failed, polls: 1 } })
      await recordTransfer(deps, state.payment, delivered)
      expect(state.payment).toMatchObject({ ...shown, failureReason: null })
    },
  )
})
