import { describe, expect, it } from 'vitest'
import { IDEMPOTENCY_KEY } from '../../src/common/idempotency'
import { newUser, PHONE, send, topUp, type TestUser, walletOf } from '../support/client'
import { confirmed } from '../support/confirmation'
import { fill, operations } from '../support/documented'

const NAME = 'idempotency-key'
const COMMANDS = [
  ['POST /calls', '/calls', { recipient_phone: PHONE }],
  ['POST /payments', '/payments', { amount: 5, method: 'wallet' }],
  [
    'POST /payments/{uuid}/refunds',
    '/payments/{uuid}/refunds',
    { amount: 100, reason: 'Paid twice' },
  ],
] as const

const user: Promise<TestUser> = newUser(send).then(async (fresh) => {
  await topUp(fresh, 1000)
  await topUp(fresh, 1000, 'primary')
  return fresh
})

/** UUID of a payment that can be refunded. */
const paid: Promise<string> = user.then(
  async ({ send: ask }) => (await ask('GET', '/payments')).body[0].uuid,
)

/** Header that refunds require. The other commands ignore it. */
const confirmation = user.then(confirmed)

async function keyed(path: string, body: object, keys: readonly string[]) {
  const lines = keys.map((key) => [NAME, key] as const)
  const headers = await confirmation
  return (await user).send('POST', fill(path, await paid), { body, headers, lines })
}

const moneyOf = async () => [await walletOf(await user), await walletOf(await user, 'primary')]

const REFUSED: [what: string, keys: string[]][] = [
  ['sent twice', ['order-7', 'order-7']],
  ['sent twice with two values', ['order-7', 'order-8']],
  ['sent three times', ['a', 'a', 'a']],
  ['empty', ['']],
  ['empty, twice', ['', '']],
  ['sent empty and then with a value', ['', 'order-7']],
  ['sent with a value and then empty', ['order-7', '']],
  ['joined by a proxy', ['order-7, order-7']],
  ['joined without a space', ['order-7,order-7']],
  ['of one comma', [',']],
  ['with a tab', ['tab\tkey']],
  ['with a control byte', ['a\u0001b']],
  ['with a delete character', ['a\u007fb']],
  ['with a letter of Latin-1', ['cl\u00e9']],
  ['with bytes that are not UTF-8', ['cl\ufffd']],
  ['with an emoji', ['😀']],
  ['with a no-break space', ['a\u00a0b']],
  ['of 256 characters', ['k'.repeat(256)]],
]

describe.each(COMMANDS)('the key of %s', (_, path, body) => {
  it.each(REFUSED)('%s is rejected, and no money moves', async (_what, keys) => {
    const before = await moneyOf()
    const refused = await keyed(path, body, keys)
    expect(refused).toMatchObject({ status: 400, body: { code: 'validation_failed' } })
    expect(refused.body.errors[0].pointer).toBe(`/${NAME}`)
    expect(await moneyOf()).toEqual(before)
  })

  it.each([
    ['a UUID', '7c0d9a52-1f7e-4d5b-8a3e-2b9f6c4d1e80'],
    ['a quoted string', '"8e03978e-40d5-43e8-bc93-6894a57f9324"'],
    ['any printable ASCII characters except a comma', `a b!"#$%&'()*+-./:;<=>?@[\\]^_\`{|}~`],
    ['one character', 'k'],
    ['255 characters', 'k'.repeat(255)],
  ])('can be %s; a repeat moves no more money', async (_what, key) => {
    const first = await keyed(path, body, [key])
    expect(first.status).toBe(201)
    const after = await moneyOf()
    const repeat = await keyed(path, body, [` ${key} `])
    expect(repeat.headers.get('Idempotent-Replayed')).toBe('true')
    expect(repeat.body.uuid).toBe(first.body.uuid)
    expect(await moneyOf()).toEqual(after)
    if (path === '/calls') await (await user).send('PATCH', `/calls/${first.body.uuid}/end`)
  })
})

it('the API document declares the enforced pattern', () => {
  const declared = operations.flatMap(({ parameters = [] }) =>
    parameters.filter(({ name }) => name === NAME).map(({ schema }) => schema),
  )
  expect(declared).toHaveLength(COMMANDS.length)
  for (const schema of declared)
    expect(schema).toMatchObject({ pattern: IDEMPOTENCY_KEY.source, minLength: 1, maxLength: 255 })
})

describe('another header that is sent twice', () => {
  it('is not accepted as authentication', async () => {
    const { token } = await user
    const lines = [['Authorization', `Bearer ${token}`] as const]
    expect((await send('GET', '/wallets', { token, lines })).status).toBe(401)
  })

  it('is not accepted as a request ID, which is replaced', async () => {
    const lines = [
      ['X-Request-Id', 'a'],
      ['X-Request-Id', 'b'],
    ] as const
    const { headers } = await send('GET', '/health', { lines })
    expect(headers.get('X-Request-Id')).toMatch(/^[\da-f-]{36}$/)
  })

  it('is not accepted as a media type', async () => {
    const lines = [['Content-Type', 'application/json'] as const]
    expect((await send('POST', '/auth/login', { body: {}, lines })).status).toBe(415)
  })

  it('is not accepted as a signature', async () => {
    const lines = [
      ['monnify-signature', 'a'],
      ['monnify-signature', 'a'],
    ] as const
    expect((await send('POST', '/webhooks/monnify', { body: {}, lines })).status).toBe(401)
  })
})
