import { describe, expect, it, vi } from 'vitest'
import { kobo } from '../../../src/common/money'
import {
  interpretRefundCode,
  type RefundOrder,
  type RefundOrdered,
} from '../../../src/payments/monnify/refunds'
import { clientBefore, failure, type Handler, success } from '../../support/monnify-client'

const THEIRS = 'MNFY|41|20260314101530|000812'
const REFUND = 'AIL-RF-7Q2M'
const order: RefundOrder = {
  refundReference: REFUND,
  transactionReference: THEIRS,
  amountKobo: kobo(15_050),
  reason: 'item out of stock',
  note: 'Refund 7Q2M',
}
const refund = (rest: object = {}) => ({
  refundReference: REFUND,
  transactionReference: THEIRS,
  refundReason: 'item out of stock',
  customerNote: 'Refund 7Q2M',
  refundAmount: 150.5,
  refundType: 'PARTIAL_REFUND',
  refundStatus: 'PENDING',
  refundStrategy: 'MERCHANT_WALLET',
  comment: 'Transaction refund is in progress.',
  createdOn: '14/03/2026 04:23:37 PM',
  completedOn: '',
  ...rest,
})
const read = {
  refundReference: REFUND,
  transactionReference: THEIRS,
  amountKobo: 15_050,
  status: 'open',
}
const UNAVAILABLE = { ok: false, refusal: { code: 'gateway_unavailable' } }
const UNREADABLE = {
  ok: false,
  refusal: { code: 'gateway_unavailable', isUnreadable: true },
}
const NO_ANSWER: [string, Handler][] = [
  [
    "Spring's 403",
    () =>
      Response.json(
        { timestamp: 'x', status: 403, error: 'Forbidden', path: '/' },
        { status: 403 },
      ),
  ],
  ['a plain-text 502', () => new Response('error code: 502', { status: 502 })],
  ['an empty response', () => new Response('')],
  ['a failure envelope with 500', () => Response.json(failure('System error'), { status: 500 })],
  ['code R1 with status 503', () => Response.json(failure('Gone', 'R1'), { status: 503 })],
  ['a response of ten megabytes', () => new Response('x'.repeat(10_000_000))],
  ['JSON of another shape', () => Response.json([1, 2, 3])],
  ['a failed connection', () => Promise.reject(new TypeError('fetch failed'))],
  ['a timeout', () => Promise.reject(new DOMException('timed out', 'TimeoutError'))],
]

describe("the meaning of Monnify's code for an ordered refund", () => {
  it.each<[string, RefundOrdered]>([
    ['0', { kind: 'accepted' }],
    ['R9', { kind: 'accepted' }],
    ['R7', { kind: 'unclear' }],
    ...['R1', 'R2', 'R3', 'R4', 'R6', 'R8', 'R12'].map((code): [string, RefundOrdered] => [
      code,
      { kind: 'rejected', code },
    ]),
    ...['R5', 'R10', 'R11', 'M01', 'M02', '99', 'R13', ''].map((code): [string, RefundOrdered] => [
      code,
      { kind: 'wait', code },
    ]),
  ])('%j is %j', (code, ordered) => {
    expect(interpretRefundCode(code)).toEqual(ordered)
  })
})

describe('an order of a refund', () => {
  it('is sent with the amount as a number of naira, and is accepted', async () => {
    const { client, requests } = clientBefore(() => Response.json(success(refund())))
    expect(await client.orderRefund(order)).toEqual({ kind: 'accepted' })
    const sent = requests[1]
    expect(sent?.url).toBe('https://api.monnify.com/api/v1/refunds/initiate-refund')
    expect(sent?.method).toBe('POST')
    expect(sent?.redirect).toBe('manual')
    expect(await sent?.json()).toEqual({
      transactionReference: THEIRS,
      refundReference: REFUND,
      refundAmount: 150.5,
      refundReason: 'item out of stock',
      customerNote: 'Refund 7Q2M',
    })
  })

  it('has the number and the bank of another account', async () => {
    const { client, requests } = clientBefore(() => Response.json(success(refund())))
    const destination = { accountNumber: '0123456789', bankCode: '058' }
    await client.orderRefund({ ...order, destination })
    expect(await requests[1]?.json()).toMatchObject({
      destinationAccountNumber: '0123456789',
      destinationAccountBankCode: '058',
    })
  })

  it.each([
    ['x'.repeat(65), 'x'.repeat(17), 'x'.repeat(64), 'x'.repeat(16)],
    [`${'x'.repeat(63)}😀`, `${'x'.repeat(15)}😀`, 'x'.repeat(63), 'x'.repeat(15)],
    [`${'x'.repeat(62)}😀y`, `${'x'.repeat(14)}😀y`, `${'x'.repeat(62)}😀`, `${'x'.repeat(14)}😀`],
  ])('truncates the reason %s and the note %s between characters', async (reason, note, ...cut) => {
    const { client, requests } = clientBefore(() => Response.json(success(refund())))
    await client.orderRefund({ ...order, reason, note })
    expect(await requests[1]?.json()).toMatchObject({ refundReason: cut[0], customerNote: cut[1] })
  })

  it.each([
    [200, 'R9', { kind: 'accepted' }],
    [422, 'R12', { kind: 'rejected', code: 'R12' }],
    [400, 'R5', { kind: 'wait', code: 'R5' }],
    [200, 99, { kind: 'wait', code: '99' }],
    [404, 'R7', { kind: 'unclear' }],
    [200, '0', { kind: 'unclear' }],
  ])('that fails with status %i and code %j is %j', async (status, code, ordered) => {
    const { client, requests } = clientBefore(() => Response.json(failure('No', code), { status }))
    expect(await client.orderRefund(order)).toEqual(ordered)
    expect(requests).toHaveLength(2)
  })

  it.each([
    [0, 'accepted'],
    [undefined, 'accepted'],
    ['R1', 'unclear'],
    ['R5', 'unclear'],
  ])('that succeeds with code %j is %s', async (responseCode, kind) => {
    const { client } = clientBefore(() => Response.json({ ...success(refund()), responseCode }))
    expect(await client.orderRefund(order)).toEqual({ kind })
  })

  it('that fails without a code is unclear', async () => {
    const { client } = clientBefore(() =>
      Response.json({ ...failure('No'), responseCode: undefined }, { status: 400 }),
    )
    expect(await client.orderRefund(order)).toEqual({ kind: 'unclear' })
  })

  it.each(NO_ANSWER)('is unclear after %s, and is not repeated', async (_, answer) => {
    const { client, requests } = clientBefore(answer)
    expect(await client.orderRefund(order)).toEqual({ kind: 'unclear' })
    expect(requests).toHaveLength(2)
  })

  it('is repeated once after a 401, with a new token', async () => {
    let refusals = 1
    const { client, requests } = clientBefore(() =>
      refusals-- > 0
        ? Response.json(failure('Access token expired'), { status: 401 })
        : Response.json(success(refund())),
    )
    expect(await client.orderRefund(order)).toEqual({ kind: 'accepted' })
    expect(requests).toHaveLength(4)
    refusals = Infinity
    expect(await client.orderRefund(order)).toEqual({ kind: 'unclear' })
    expect(requests).toHaveLength(4 + 3)
  })

  it('is unclear if the log-in fails', async () => {
    const { client, requests } = clientBefore(
      () => Response.json(success(refund())),
      () => Response.json(failure('Invalid credentials'), { status: 401 }),
    )
    expect(await client.orderRefund(order)).toEqual({ kind: 'unclear' })
    expect(requests).toHaveLength(1)
  })
})

describe('a query of a refund', () => {
  it.each([
    ['COMPLETED', 'completed'],
    ['REFUNDED', 'completed'],
    ['FAILED', 'failed'],
    ['PENDING', 'open'],
    ['IN_PROGRESS', 'open'],
    ['completed', 'open'],
  ])('reads the status %s as %s', async (refundStatus, status) => {
    const { client } = clientBefore(() => Response.json(success(refund({ refundStatus }))))
    expect(await client.queryRefund(REFUND)).toEqual({ ok: true, value: { ...read, status } })
  })

  it('encodes the reference, and reads an amount that is text', async () => {
    const reference = 'TRFD|2/../x?y'
    const { client, requests } = clientBefore(() =>
      Response.json(success(refund({ refundReference: reference, refundAmount: '150.50' }))),
    )
    expect(await client.queryRefund(reference)).toMatchObject({ value: { amountKobo: 15_050 } })
    expect(requests[1]?.url).toBe('https://api.monnify.com/api/v1/refunds/TRFD%7C2%2F..%2Fx%3Fy')
  })

  it.each([
    [200, 'R7'],
    [404, 'R7'],
    [404, '99'],
  ])('finds no refund after status %i with code %s', async (status, code) => {
    const { client } = clientBefore(() => Response.json(failure('None', code), { status }))
    expect(await client.queryRefund(REFUND)).toEqual({ ok: true, value: undefined })
  })

  it.each<[string, Handler]>([
    ...NO_ANSWER,
    ['code R7 with status 500', () => Response.json(failure('None', 'R7'), { status: 500 })],
    ['code 99 with status 400', () => Response.json(failure('No'), { status: 400 })],
    ['a 404 without an envelope', () => new Response('not found', { status: 404 })],
  ])('refuses %s', async (_, answer) => {
    const { client, requests } = clientBefore(answer)
    expect(await client.queryRefund(REFUND)).toEqual(UNAVAILABLE)
    expect(requests).toHaveLength(2)
  })

  it.each([
    ['another reference', { refundReference: 'AIL-RF-other' }],
    ['no amount', { refundAmount: undefined }],
    ['an amount of three decimals', { refundAmount: '1.005' }],
    ['an empty status', { refundStatus: '' }],
    ['no transaction reference', { transactionReference: null }],
  ])('treats a refund with %s as unreadable', async (_, rest) => {
    const { client } = clientBefore(() => Response.json(success(refund(rest))))
    expect(await client.queryRefund(REFUND)).toEqual(UNREADABLE)
  })
})

describe('the list of refunds', () => {
  it.each([
    ['a page', (items: object[]) => ({ content: items, totalElements: items.length })],
    ['an array', (items: object[]) => items],
  ])('is read from %s, without the items that cannot be read', async (_, bodyOf) => {
    const logged = vi.spyOn(console, 'log').mockImplementation(() => undefined)
    const items = [
      refund(),
      refund({ refundAmount: '10:00' }),
      refund({ refundReference: 'theirs', refundStatus: 'COMPLETED' }),
    ]
    const { client, requests } = clientBefore(() => Response.json(success(bodyOf(items))))
    expect(await client.listRefunds(2, 50)).toEqual({
      ok: true,
      value: [read, { ...read, refundReference: 'theirs', status: 'completed' }],
    })
    expect(requests[1]?.url).toBe('https://api.monnify.com/api/v1/refunds?page=2&size=50')
    expect(logged.mock.calls.flat().map((line) => JSON.parse(String(line)))).toEqual([
      { event: 'refund_unreadable', step: 'refund_list', reason: 'refundAmount' },
    ])
    logged.mockRestore()
  })

  it.each(NO_ANSWER)('is unavailable after %s', async (_, answer) => {
    expect(await clientBefore(answer).client.listRefunds(0, 50)).toEqual(UNAVAILABLE)
  })

  it('is unreadable if it is neither a page nor an array', async () => {
    const { client } = clientBefore(() => Response.json(success({ refunds: [] })))
    expect(await client.listRefunds(0, 50)).toEqual(UNREADABLE)
  })
})
