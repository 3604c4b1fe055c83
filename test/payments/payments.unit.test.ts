import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { kobo } from '../../src/common/money'
import { ok, refuse } from '../../src/common/result'
import { createPayment, getPayment, verifyPayment } from '../../src/payments/service'
import { NOW, paymentRow, recordedPayments } from '../support/payments'

beforeEach(() => {
  vi.spyOn(console, 'error').mockImplementation(() => undefined)
  vi.spyOn(console, 'log').mockImplementation(() => undefined)
})
afterEach(() => {
  vi.restoreAllMocks()
})

const REFERENCE = paymentRow().reference

describe('a request for a payment', () => {
  const request = {
    amountKobo: kobo(100_000),
    method: 'monnify',
    walletType: 'call_credits',
    description: null,
  } as const
  const make = (parts: ReturnType<typeof recordedPayments>) =>
    createPayment(parts.deps, 'a-user', request, undefined)
  const answered = (replayed: boolean, answer: object = {}) => ({ value: { replayed, answer } })
  const soon = expect.toSatisfy((atMs: number) => atMs >= NOW + 5000 && atMs <= NOW + 6000)

  it('starts the polls before the gateway opens the checkout', async () => {
    const parts = recordedPayments({ payment: { attempt: 0, attemptBeganAtMs: null } })
    expect(await make(parts)).toMatchObject({ ok: true, value: { replayed: false } })
    expect(parts.effects).toEqual([
      ['beginAttempt', { nowMs: NOW, claimedAfterMs: NOW - 45_000, nextPollAtMs: soon }],
      ['start poller', REFERENCE, soon],
      ['initialise', `${REFERENCE}_a1`],
      ['openCheckout', 1],
    ])
  })

  it('succeeds even if its polls cannot be started', async () => {
    const parts = recordedPayments({
      payment: { attempt: 0 },
      before: (effect) => {
        if (effect === 'start poller') throw new Error('unreachable')
      },
    })
    expect(await make(parts)).toMatchObject({ ok: true })
  })

  it('fails its attempt if the gateway is unavailable, and opens none for a deleted user', async () => {
    const parts = recordedPayments({ payment: { attempt: 0 } })
    const { gateway } = parts.deps
    const initialise = async () => refuse({ code: 'gateway_unavailable' })
    const down = { ...parts, deps: { ...parts.deps, gateway: { ...gateway, initialise } } }
    expect(await make(down)).toMatchObject({ refusal: { code: 'gateway_unavailable' } })
    expect(parts.effects.at(-1)).toEqual(['failAttempt', 1, 'gateway_unavailable'])
    const gone = { ...parts, deps: { ...parts.deps, customerOf: async () => undefined } }
    expect(await make(gone)).toMatchObject({ refusal: { code: 'not_found' } })
    expect(parts.names()).not.toContain('initialise')
  })

  it("returns the other request's checkout if its attempt was overtaken", async () => {
    const parts = recordedPayments({ payment: { attempt: 0, checkoutUrl: 'https://x.example/2' } })
    const paymentStore = { ...parts.deps.paymentStore, openCheckout: async () => undefined }
    const overtaken = { ...parts, deps: { ...parts.deps, paymentStore } }
    expect(await make(overtaken)).toMatchObject(answered(true))
  })

  it('is refused with the key of a different request', async () => {
    const { deps, effects } = recordedPayments({ payment: { fingerprint: 'one' } })
    const key = { key: 'k', fingerprint: 'another' }
    const created = await createPayment(deps, 'a-user', request, key)
    expect(created).toMatchObject({ refusal: { code: 'idempotency_key_reused' } })
    expect(effects).toEqual([])
  })

  it.each([
    ['only a later release understands', { status: 'disputed' }],
    ['is a transfer in progress', { method: 'wallet', status: 'processing' }],
    ['is a completed transfer', { method: 'wallet', status: 'completed' }],
  ])('changes nothing for a payment that %s', async (_, payment) => {
    const parts = recordedPayments({ payment: payment as object })
    expect(await make(parts)).toMatchObject(answered(true, { status: payment.status }))
    expect(parts.effects).toEqual([])
  })

  it('fails the payment if the wallet refuses the transfer', async () => {
    const parts = recordedPayments({
      payment: { method: 'wallet' },
      wallet: async () =>
        refuse({
          code: 'insufficient_funds',
          requiredKobo: kobo(5),
          availableKobo: kobo(4),
        }),
    })
    expect(await make(parts)).toMatchObject({ refusal: { code: 'insufficient_funds' } })
    expect(parts.state.payment).toMatchObject({
      status: 'failed',
      failureReason: 'insufficient_funds',
      nextPollAtMs: null,
    })
  })

  it("does not find another user's payment", async () => {
    const { deps, effects } = recordedPayments()
    for (const found of [
      await getPayment(deps, 'another', 'any'),
      await verifyPayment(deps, 'another', REFERENCE),
    ])
      expect(found).toMatchObject({ refusal: { code: 'not_found' } })
    expect(effects).toEqual([])
  })

  const waiting = (payment: object) => {
    const parts = recordedPayments({ payment })
    const paymentStore = { ...parts.deps.paymentStore, beginAttempt: async () => undefined }
    return { ...parts, deps: { ...parts.deps, paymentStore } }
  }

  it('waits twelve seconds for a checkout that another request with its key opens', async () => {
    const parts = waiting({})
    expect(await make(parts)).toMatchObject({ refusal: { code: 'request_in_progress' } })
    expect(parts.effects).toEqual(Array.from({ length: 25 }, () => ['wait', 500]))
  })

  it.each([
    ['a checkout', { checkoutUrl: 'https://sdk.monnify.com/1' }, answered(true)],
    [
      'received money',
      { amountPaidKobo: kobo(5), status: 'completed', completedAtMs: NOW },
      answered(true, { amountPaidKobo: 0, status: 'processing', completedAtMs: null }),
    ],
    [
      'a refusal by Monnify',
      { status: 'failed', failureReason: 'gateway_refused' },
      { refusal: { code: 'gateway_refused' } },
    ],
    [
      'another failure',
      { status: 'failed', failureReason: 'gateway_unavailable' },
      { refusal: { code: 'gateway_unavailable' } },
    ],
  ])(
    'returns at once if it finds %s of another request with its key',
    async (_, payment, answer) => {
      const parts = waiting(payment)
      expect(await make(parts)).toMatchObject(answer)
      expect(parts.effects).toEqual([])
    },
  )

  it("starts a transfer's polls before money moves, and has all of them after a failure", async () => {
    const parts = recordedPayments({
      payment: {
        method: 'wallet',
        status: 'failed',
        attempt: 0,
        attemptBeganAtMs: null,
        createdAtMs: NOW - 86_400_000,
        nextPollAtMs: null,
        polls: 9,
      },
      wallet: async () => ok({ delivered: true }),
    })
    await make(parts)
    expect(parts.effects.slice(0, 3)).toEqual([
      [
        'move',
        ['failed'],
        {
          status: 'pending',
          failureReason: null,
          attemptBeganAtMs: NOW,
          polls: 0,
          nextPollAtMs: soon,
        },
      ],
      ['start poller', REFERENCE, soon],
      ['wallet', 'primary'],
    ])
    expect(parts.state.payment.status).toBe('completed')
  })

  it('does not query the gateway about a completed payment', async () => {
    const { deps, effects } = recordedPayments({ payment: { status: 'completed' } })
    expect(await verifyPayment(deps, 'a-user', REFERENCE)).toMatchObject({ ok: true })
    expect(effects).toEqual([])
  })
})
