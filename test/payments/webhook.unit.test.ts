import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { ok, refuse } from '../../src/common/result'
import { signBody } from '../../src/payments/monnify/signature'
import { receiveEvent } from '../../src/payments/webhook'
import { NOW, paymentRow, recordedPayments, transactionOf } from '../support/payments'

beforeEach(() => {
  vi.spyOn(console, 'error').mockImplementation(() => undefined)
  vi.spyOn(console, 'log').mockImplementation(() => undefined)
})
afterEach(() => {
  vi.restoreAllMocks()
})

const MINUTE_MS = 60_000
const REFERENCE = paymentRow().reference
const down = async () => refuse({ code: 'gateway_unavailable' })

describe("Monnify's event", () => {
  const secret = 'a-secret'
  async function receive(
    eventType: string,
    paymentReference: string | undefined,
    parts: ReturnType<typeof recordedPayments>,
  ) {
    const body = new TextEncoder().encode(
      JSON.stringify({ eventType, eventData: { paymentReference } }),
    )
    const deps = { ...parts.deps, webhookSecrets: [secret], webhookIps: [] }
    return receiveEvent(deps, body, await signBody(secret, body))
  }

  it.each([
    ['SUCCESSFUL_TRANSACTION', ['start poller']],
    ['REJECTED_PAYMENT', []],
  ])(
    'of type %s is stored before its query, and due again in a minute',
    async (eventType, notices) => {
      const parts = recordedPayments({
        payment: { status: 'processing' },
        says: async (named) => ok(transactionOf(named, { status: 'FAILED' })),
      })
      const received = await receive(eventType, `${REFERENCE}_a1`, parts)
      expect(received).toEqual(ok('unchanged'))
      expect(parts.names()).toEqual([...notices, 'recordEvent', 'query', 'mark', 'recordOutcome'])
      expect(parts.effects).toContainEqual(['recordEvent', NOW + MINUTE_MS])
      expect(parts.state.payment).toMatchObject({ status: 'failed', failureReason: 'declined' })
    },
  )

  it.each([
    ['SETTLEMENT', `${REFERENCE}_a1`],
    ['SUCCESSFUL_TRANSACTION', undefined],
  ])('of type %s for the payment %s is never due', async (eventType, reference) => {
    const parts = recordedPayments()
    expect(await receive(eventType, reference, parts)).toEqual(ok('ignored'))
    expect(parts.effects).toEqual([
      ['recordEvent', null],
      ['recordOutcome', 'ignored'],
    ])
  })

  it('has no outcome while the gateway is unavailable', async () => {
    const parts = recordedPayments({ says: down })
    const received = await receive('SUCCESSFUL_TRANSACTION', `${REFERENCE}_a1`, parts)
    expect(received).toMatchObject({ refusal: { code: 'gateway_unavailable' } })
    expect(parts.names()).toEqual(['start poller', 'recordEvent', 'query'])
    expect(parts.state.payment).toMatchObject({ noticedAtMs: NOW, noticeCause: 'event' })
  })

  it.each([
    [
      'of ours records an exception',
      `${REFERENCE}_a1`,
      'unknown_reference',
      ['start poller', 'recordEvent', 'exception'],
    ],
    ['of another system records no exception', 'ord_7Q2M', 'not_ours', ['recordEvent']],
  ])('for a missing payment %s', async (_, reference, outcome, effects) => {
    const parts = recordedPayments()
    const paymentStore = { ...parts.deps.paymentStore, byReference: async () => undefined }
    const missing = { ...parts, deps: { ...parts.deps, paymentStore } }
    expect(await receive('SUCCESSFUL_TRANSACTION', reference, missing)).toEqual(ok(outcome))
    expect(parts.names()).toEqual([...effects, 'recordOutcome'])
  })
})
