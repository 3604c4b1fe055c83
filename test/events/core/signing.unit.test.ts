import { Webhook as Receiver } from 'standardwebhooks'
import { Webhook as SvixReceiver } from 'svix'
import { describe, expect, it } from 'vitest'
import { newSecret, showSecret, sign } from '../../../src/events/core/signing'

/** Vectors of Standard Webhooks 1.0.0 and of this service. */
const VECTORS = [
  {
    name: 'the published vector',
    secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
    id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    timestamp: 1_614_265_330,
    body: '{"test": 2432232314}',
    signature: 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  },
  {
    name: 'an event of this service',
    secret: 'whsec_QUlMRUFOQS1FWEFNUExFLVdFQkhPT0stU0VDUkVULTE=',
    id: 'evt_0001',
    timestamp: 1_773_483_362,
    body: '{"type":"payment.completed","timestamp":"2026-03-14T10:16:02.000Z","data":{"uuid":"7b2f0a8e-0000-4000-8000-000000000001","amount":500,"currency":"NGN"}}',
    signature: 'v1,0zEzsTDGNVOYUSsIIeBY6F8a4ZuOykJmw5Xa0OL4ds8=',
  },
]

const bytesOf = (secret: string): Uint8Array =>
  Uint8Array.from(Buffer.from(secret.slice('whsec_'.length), 'base64'))

describe('a signature', () => {
  it.each(VECTORS)('of $name is the expected one', ({ secret, id, timestamp, body, signature }) => {
    expect(sign([bytesOf(secret)], { id, atMs: timestamp * 1000 + 999, body })).toEqual({
      'webhook-id': id,
      'webhook-timestamp': String(timestamp),
      'webhook-signature': signature,
    })
  })

  it('is one for each secret during a rotation', () => {
    const [first, second] = [newSecret(), newSecret()]
    const text = { id: 'evt_1', atMs: Date.now(), body: '{}' }
    const both = sign([first, second], text)['webhook-signature']
    const alone = [first, second].map((secret) => sign([secret], text)['webhook-signature'])
    expect(both).toBe(alone.join(' '))
  })
})

describe('a secret', () => {
  it('is shown as whsec_ and the Base64 of 32 bytes, and is random', () => {
    const secrets = Array.from({ length: 20 }, newSecret)
    const shown = secrets.map(showSecret)
    for (const secret of shown) expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/)
    expect(new Set(shown).size).toBe(20)
    expect(bytesOf(shown[0] ?? '')).toEqual(secrets[0])
  })
})

describe.each([
  ['standardwebhooks', Receiver],
  ['svix', SvixReceiver],
] as const)('a receiver with the package %s', (_, Webhook) => {
  const secret = newSecret()
  const other = newSecret()
  const nowMs = Date.now()
  const body = JSON.stringify({ type: 'call.ended', data: { cost: 12.5, note: 'naïve ₦' } })
  const honest = { id: 'evt_0123456789abcdef0123456789abcdef', atMs: nowMs, body }
  const signed = sign([secret], honest)
  const signature = signed['webhook-signature']
  const receiver = new Webhook(showSecret(secret))
  const isAccepted = (text: string, headers: object): boolean => {
    try {
      receiver.verify(text, headers as Record<string, string>)
      return true
    } catch {
      return false
    }
  }

  it('accepts what is signed', () => {
    expect(isAccepted(body, signed)).toBe(true)
  })

  it('accepts both secrets during a rotation, in either order', () => {
    expect(isAccepted(body, sign([other, secret], honest))).toBe(true)
    expect(isAccepted(body, sign([secret, other], honest))).toBe(true)
  })

  const later = (ms: number) => sign([secret], { ...honest, atMs: nowMs + ms })
  const without = (name: string) =>
    Object.fromEntries(Object.entries(signed).filter(([header]) => header !== name))

  const FORGERIES: readonly (readonly [name: string, body: string, headers: object])[] = [
    ['an altered body', body.replace('12.5', '99.5'), signed],
    ['a body with one more space', `${body} `, signed],
    ['an empty body', '', signed],
    ['another ID', body, { ...signed, 'webhook-id': 'evt_1' }],
    ['a later timestamp', body, { ...signed, 'webhook-timestamp': String(nowMs / 1000 + 60) }],
    ['a timestamp of ten minutes ago', body, later(-600_000)],
    ['a timestamp in ten minutes', body, later(600_000)],
    ['another secret', body, sign([other], honest)],
    ['a truncated signature', body, { ...signed, 'webhook-signature': signature.slice(0, -4) }],
    [
      'the label of another algorithm',
      body,
      { ...signed, 'webhook-signature': signature.replace('v1,', 'v1a,') },
    ],
    ['no label', body, { ...signed, 'webhook-signature': signature.slice(3) }],
    ['an empty signature', body, { ...signed, 'webhook-signature': 'v1,' }],
    ['no signature', body, without('webhook-signature')],
    ['no ID', body, without('webhook-id')],
    ['no timestamp', body, without('webhook-timestamp')],
    [
      'swapped headers',
      body,
      {
        ...signed,
        'webhook-id': signed['webhook-timestamp'],
        'webhook-timestamp': signed['webhook-id'],
      },
    ],
    [
      'the signature of another event',
      body,
      {
        ...signed,
        'webhook-signature': sign([secret], { ...honest, id: 'evt_2' })['webhook-signature'],
      },
    ],
  ]

  it.each(FORGERIES)('rejects %s', (_, text, headers) => {
    expect(isAccepted(text, headers)).toBe(false)
  })
})
