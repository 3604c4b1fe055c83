import { Webhook } from 'standardwebhooks'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import {
  type Delivery,
  verifySignature,
  verifyWebhook,
  type WebhookError,
} from '../../client/webhooks'

const SECRET = 'whsec_QUlMRUFOQS1FWEFNUExFLVdFQkhPT0stU0VDUkVULTE='
const OTHER = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
const NOW_SECONDS = 1_773_483_362

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: NOW_SECONDS * 1000 })
})
afterEach(() => {
  vi.useRealTimers()
})

const EVENT = {
  id: 'evt_0123456789abcdef0123456789abcdef',
  type: 'wallet.frozen',
  version: 1,
  sequence: 7,
  timestamp: '2026-03-14T10:16:02.000Z',
  data: { user_uuid: 'u', wallet_uuid: 'w', wallet: 'call_credits', revision: 3 },
}
const BODY = JSON.stringify(EVENT)

const headersOf = (body: string, secret = SECRET, seconds = NOW_SECONDS) => ({
  'webhook-id': EVENT.id,
  'webhook-timestamp': String(seconds),
  'webhook-signature': new Webhook(secret).sign(EVENT.id, new Date(seconds * 1000), body),
})

const delivery = (changed: Partial<Delivery> = {}): Delivery => ({
  body: BODY,
  headers: headersOf(BODY),
  secrets: SECRET,
  ...changed,
})

function faultOf(given: Delivery): string {
  try {
    verifyWebhook(given)
    return 'accepted'
  } catch (error) {
    return (error as Partial<WebhookError>).fault ?? String(error)
  }
}

describe('the published vectors', () => {
  it.each([
    {
      secret: OTHER,
      id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      timestamp: 1_614_265_330,
      body: '{"test": 2432232314}',
      signature: 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    },
    {
      secret: SECRET,
      id: 'evt_0001',
      timestamp: NOW_SECONDS,
      body: '{"type":"payment.completed","timestamp":"2026-03-14T10:16:02.000Z","data":{"uuid":"7b2f0a8e-0000-4000-8000-000000000001","amount":500,"currency":"NGN"}}',
      signature: 'v1,0zEzsTDGNVOYUSsIIeBY6F8a4ZuOykJmw5Xa0OL4ds8=',
    },
  ])('are accepted: $id', ({ secret, id, timestamp, body, signature }) => {
    vi.setSystemTime(timestamp * 1000)
    const headers = {
      'webhook-id': id,
      'webhook-timestamp': String(timestamp),
      'webhook-signature': signature,
    }
    expect(verifySignature({ body, headers, secrets: secret })).toBe(body)
    const forged = { body: body.replace('2', '3'), headers, secrets: secret }
    expect(() => verifySignature(forged)).toThrow('No signature of the webhook matches')
  })
})

describe('a genuine delivery', () => {
  it.each<[string, Partial<Delivery>]>([
    ['as text', {}],
    ['as bytes', { body: new TextEncoder().encode(BODY) }],
    ['with the headers of fetch', { headers: new Headers(headersOf(BODY)) }],
    ['with the new and the previous secret', { secrets: [OTHER, SECRET] }],
    ['signed 300 s ago', { headers: headersOf(BODY, SECRET, NOW_SECONDS - 300) }],
    ['signed 300 s ahead', { headers: headersOf(BODY, SECRET, NOW_SECONDS + 300) }],
    [
      'signed with two secrets',
      {
        headers: {
          ...headersOf(BODY),
          'webhook-signature': [OTHER, SECRET]
            .map((secret) => headersOf(BODY, secret)['webhook-signature'])
            .join(' '),
        },
      },
    ],
  ])('returns its event, %s', (_, changed) => {
    expect(verifyWebhook(delivery(changed))).toEqual(EVENT)
  })

  it('has typed data', () => {
    const event = verifyWebhook(delivery())
    if (event.type !== 'wallet.frozen') throw new Error('another type')
    expect(event.data.revision + 1).toBe(4)
  })
})

describe('a delivery that is not genuine', () => {
  const headers = headersOf(BODY)
  it.each<[string, Partial<Delivery>, string]>([
    ['a changed body', { body: BODY.replace('7', '8') }, 'wrong_signature'],
    ['a body with an end of line', { body: `${BODY}\n` }, 'wrong_signature'],
    ['a body with a byte order mark', { body: Buffer.from(`\uFEFF${BODY}`) }, 'wrong_signature'],
    ['a body that is not UTF-8', { body: Buffer.from([0xff, 0xfe]) }, 'wrong_signature'],
    [
      'a body that is UTF-8 only after a replacement',
      { body: Buffer.from('"\xff"', 'latin1'), headers: headersOf('"\uFFFD"') },
      'wrong_signature',
    ],
    ['another secret', { secrets: OTHER }, 'wrong_signature'],
    ['another ID', { headers: { ...headers, 'webhook-id': 'evt_1' } }, 'wrong_signature'],
    [
      'another time',
      { headers: { ...headers, 'webhook-timestamp': String(NOW_SECONDS + 1) } },
      'wrong_signature',
    ],
    [
      'only a signature of another version',
      { headers: { ...headers, 'webhook-signature': 'v1a,AAAA' } },
      'wrong_signature',
    ],
    ['an old signature', { headers: headersOf(BODY, SECRET, NOW_SECONDS - 301) }, 'wrong_time'],
    ['a future signature', { headers: headersOf(BODY, SECRET, NOW_SECONDS + 301) }, 'wrong_time'],
    [
      'a time that is not a number',
      { headers: { ...headers, 'webhook-timestamp': `${NOW_SECONDS}x` } },
      'wrong_time',
    ],
    ['no header', { headers: {} }, 'missing_header'],
    ['an empty ID', { headers: { ...headers, 'webhook-id': '' } }, 'missing_header'],
    [
      'a repeated header',
      { headers: { ...headers, 'webhook-signature': ['v1,a', 'v1,b'] } },
      'missing_header',
    ],
    ['a body that is not JSON', { body: '{', headers: headersOf('{') }, 'not_an_event'],
    ['a body that is no event', { body: '{}', headers: headersOf('{}') }, 'not_an_event'],
    ['a body that is null', { body: 'null', headers: headersOf('null') }, 'not_an_event'],
  ])('is rejected: %s', (_, changed, fault) => {
    expect(faultOf(delivery(changed))).toBe(fault)
  })

  it('reports a receiver without a secret, which is a mistake of its own', () => {
    expect(() => verifyWebhook(delivery({ secrets: [] }))).toThrow('There is no secret.')
    expect(() => verifyWebhook(delivery({ secrets: 'whsec_' }))).toThrow('empty')
  })
})
