import { afterEach, describe, expect, it, vi } from 'vitest'
import { kobo } from '../../../src/common/money'
import { clientBefore, failure, type Handler, success } from '../../support/monnify-client'

const REFERENCE = 'AIL-abc_a1'
const checkout = {
  paymentReference: REFERENCE,
  amountKobo: kobo(525_050),
  description: 'Top-up',
  customer: { name: 'Ngozi Example', email: 'ngozi@example.com' },
}
const transaction = (rest: object = {}) =>
  success({
    transactionReference: 'MNFY|41|20260314101530|000812',
    paymentReference: REFERENCE,
    amountPaid: '5250.50',
    settlementAmount: null,
    paymentStatus: 'PAID',
    currency: 'NGN',
    ...rest,
  })

const UNREADABLE = { code: 'gateway_unavailable', isUnreadable: true }

describe("Monnify's client", () => {
  it('logs in with Basic authentication, then sends the amount as a number of naira', async () => {
    const checkoutUrl = 'https://sdk.monnify.com/checkout/MNFY|41|20260314101530|000812'
    const { client, requests } = clientBefore(() =>
      Response.json(
        success({ transactionReference: 'MNFY|41', paymentReference: REFERENCE, checkoutUrl }),
      ),
    )
    expect(await client.initialise(checkout)).toEqual({
      ok: true,
      value: { transactionReference: 'MNFY|41', checkoutUrl },
    })
    const [login, init] = requests as [Request, Request]
    expect(login.headers.get('Authorization')).toBe(`Basic ${btoa('MK:SK')}`)
    expect(init.url).toBe('https://api.monnify.com/api/v1/merchant/transactions/init-transaction')
    expect(init.headers.get('Authorization')).toBe('Bearer T1')
    expect(init.headers.get('User-Agent')).toBeTruthy()
    expect(await init.json()).toEqual({
      amount: 5250.5,
      customerName: 'Ngozi Example',
      customerEmail: 'ngozi@example.com',
      paymentReference: REFERENCE,
      paymentDescription: 'Top-up',
      currencyCode: 'NGN',
      contractCode: '1000',
      redirectUrl: 'https://shop.example/return',
    })
  })

  afterEach(() => {
    vi.restoreAllMocks()
  })

  it('follows no redirect, and waits ten seconds for each response', async () => {
    const timeout = vi.spyOn(AbortSignal, 'timeout')
    const { client, requests } = clientBefore(() => Response.json(transaction()))
    await client.query(REFERENCE)
    await client.initialise(checkout)
    expect(requests.map(({ redirect }) => redirect)).toEqual(['manual', 'manual', 'manual'])
    expect(timeout.mock.calls).toEqual([[10_000], [10_000], [10_000]])
  })

  it('reads a response of 64 KiB, and rejects a larger one', async () => {
    const sized = (bytes: number) =>
      clientBefore(() => new Response(JSON.stringify(transaction()).padEnd(bytes))).client
    expect(await sized(64 * 1024).query(REFERENCE)).toMatchObject({ ok: true })
    expect(await sized(64 * 1024 + 1).query(REFERENCE)).toMatchObject({
      refusal: { code: 'gateway_unavailable' },
    })
  })

  it.each([
    ['Ng', null, 'ngozi@example.com', 'Wallet top-up'],
    ['N'.repeat(101), 'x'.repeat(101), 'N'.repeat(100), 'x'.repeat(100)],
  ])(
    'sends the name %s and the description %s in lengths that Monnify accepts',
    async (name, description, ...sent) => {
      const { client, requests } = clientBefore(() => new Response(''))
      await client.initialise({
        ...checkout,
        description,
        customer: { ...checkout.customer, name },
      })
      expect(await requests[1]?.json()).toMatchObject({
        customerName: sent[0],
        paymentDescription: sent[1],
      })
    },
  )

  it.each([
    ['until a minute before it expires', { expiresIn: 3599 }, 3_539_000],
    ['for 59 minutes if Monnify states no expiry', {}, 3_540_000],
  ])('keeps its token %s', async (_, end, staleAtMs) => {
    const { client, requests, clock } = clientBefore(
      () => Response.json(transaction()),
      () => Response.json(success({ accessToken: 'T1', ...end })),
    )
    const logins = () => requests.filter(({ url }) => url.endsWith('/login')).length
    await client.query(REFERENCE)
    clock.nowMs = staleAtMs - 1
    await client.query(REFERENCE)
    expect(logins()).toBe(1)
    clock.nowMs = staleAtMs
    await client.query(REFERENCE)
    expect(logins()).toBe(2)
  })

  it('logs in again, once, after a 401', async () => {
    let refusals = 1
    const { client, requests } = clientBefore(() =>
      refusals-- > 0
        ? Response.json(failure('Access token expired'), { status: 401 })
        : Response.json(transaction()),
    )
    expect(await client.query(REFERENCE)).toMatchObject({ ok: true })
    refusals = Infinity
    expect(await client.query(REFERENCE)).toMatchObject({
      refusal: { code: 'gateway_unavailable' },
    })
    expect(requests).toHaveLength(4 + 3)
  })

  it.each([
    ['5250.50', 525_050],
    [5250.5, 525_050],
    ['0.00', 0],
    [78_000, 7_800_000],
  ])('reads the amount %j as %i kobo', async (amountPaid, amountPaidKobo) => {
    const { client, requests } = clientBefore(() => Response.json(transaction({ amountPaid })))
    expect(await client.query('A|B')).toMatchObject({
      value: { amountPaidKobo, status: 'PAID', currency: 'NGN' },
    })
    expect(requests[1]?.url).toContain('?paymentReference=A%7CB')
  })

  it('treats an unknown reference as unknown, not as failed', async () => {
    const said = `Could not find transaction with payment reference ${REFERENCE} for merchant`
    const { client } = clientBefore(() => Response.json(failure(said), { status: 404 }))
    expect(await client.query(REFERENCE)).toEqual({ ok: true, value: undefined })
  })

  it.each([200, 400, 422])(
    "returns Monnify's reason for a rejection with status %i",
    async (status) => {
      const { client } = clientBefore(() =>
        Response.json(failure('Duplicate payment reference'), { status }),
      )
      expect(await client.initialise(checkout)).toMatchObject({
        refusal: { code: 'gateway_refused', reason: 'Duplicate payment reference' },
      })
    },
  )

  it.each<[string, Handler]>([
    [
      "Spring's 403",
      () =>
        Response.json(
          { timestamp: 'x', status: 403, error: 'Forbidden', path: '/' },
          { status: 403 },
        ),
    ],
    ['a plain-text 502', () => new Response('error code: 502', { status: 502 })],
    [
      'an HTML page',
      () => new Response('<html>busy</html>', { headers: { 'Content-Type': 'text/html' } }),
    ],
    ['an empty response', () => new Response('')],
    ['a failure envelope with 500', () => Response.json(failure('System error'), { status: 500 })],
    [
      'a redirect',
      () => new Response(null, { status: 302, headers: { Location: 'https://evil.example/' } }),
    ],
    ['a response of ten megabytes', () => new Response('x'.repeat(10_000_000))],
    ['JSON of another shape', () => Response.json([1, 2, 3])],
    ['a failed connection', () => Promise.reject(new TypeError('fetch failed'))],
    ['a timeout', () => Promise.reject(new DOMException('timed out', 'TimeoutError'))],
  ])('treats %s as unavailable, and does not repeat the request', async (_, answer) => {
    const { client, requests } = clientBefore(answer)
    expect(await client.query(REFERENCE)).toEqual({
      ok: false,
      refusal: { code: 'gateway_unavailable' },
    })
    expect(await client.initialise(checkout)).toEqual({
      ok: false,
      refusal: { code: 'gateway_unavailable' },
    })
    expect(requests).toHaveLength(3)
  })

  it.each([
    ['no amount', { amountPaid: undefined }],
    ['an amount with three decimals', { amountPaid: '1.005' }],
    ['a negative amount', { amountPaid: -5 }],
    ['an amount beyond exact numbers', { amountPaid: 2 ** 60 }],
    ['no status', { paymentStatus: null }],
    ['an empty status', { paymentStatus: '' }],
    ['a status that is a number', { paymentStatus: 5 }],
  ])('treats a transaction with %s as unreadable', async (_, rest) => {
    const { client } = clientBefore(() => Response.json(transaction(rest)))
    expect(await client.query(REFERENCE)).toEqual({ ok: false, refusal: UNREADABLE })
  })

  const broken = (answer: object) => {
    const bytes = Uint8Array.from(JSON.stringify(answer), (char) => char.charCodeAt(0))
    return clientBefore(() => new Response(bytes)).client
  }

  it.each(['transactionReference', 'paymentReference', 'paymentStatus', 'currency'])(
    'treats a transaction with a %s that is not UTF-8 as unreadable',
    async (field) => {
      const client = broken(
        transaction({ [field]: 'MNFY\u00e9', checkoutUrl: 'https://x.example/1' }),
      )
      expect(await client.query(REFERENCE)).toEqual({ ok: false, refusal: UNREADABLE })
    },
  )

  it.each([
    { transactionReference: 'MNFY\u00e9', checkoutUrl: 'https://x.example/1' },
    { transactionReference: 'MNFY', checkoutUrl: 'https://x.example/\u00e9' },
  ])('opens no checkout from %j, which is not UTF-8', async (checkoutBody) => {
    const client = broken(success(checkoutBody))
    expect(await client.initialise(checkout)).toMatchObject({
      refusal: { code: 'gateway_unavailable' },
    })
  })

  it("reads an amount even if the payer's name is not UTF-8", async () => {
    const client = broken(transaction({ customer: { name: 'Ren\u00e9' } }))
    expect(await client.query(REFERENCE)).toMatchObject({ value: { amountPaidKobo: 525_050 } })
  })

  it('treats the gateway as unavailable if it cannot log in', async () => {
    const { client } = clientBefore(
      () => Response.json(transaction()),
      () => Response.json(failure('Invalid credentials'), { status: 401 }),
    )
    expect(await client.query(REFERENCE)).toMatchObject({
      refusal: { code: 'gateway_unavailable' },
    })
  })
})
