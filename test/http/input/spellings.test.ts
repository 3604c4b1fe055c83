import { describe, expect, it } from 'vitest'
import { logIn } from '../../support/accounts'
import { newUser, send, type TestUser, topUp } from '../../support/client'
import { paidEvent, sendEvent, worldWith } from '../../support/gateway'

const user: Promise<TestUser> = newUser().then(async (fresh) => {
  await topUp(fresh, 1000)
  return fresh
})

const ask = async (method: string, path: string, body?: object) =>
  (await user).send(method, path, body ? { body } : {})

describe('a phone number', () => {
  const SPELLINGS: [text: string, phone: string | undefined][] = [
    [' 8131234567', '+2348131234567'],
    ['+8131234567', '+8131234567'],
    ['\u202d+234 803 123 4567\u202c', '+2348031234567'],
    ['0803\u00a0123\u00a04567', '+2348031234567'],
    ['0803\u202f123\u20114567', '+2348031234567'],
    ['(+234) 803\u2013123\u20134567', '+2348031234567'],
    ['+234 (0) 803 123 4567', '+2348031234567'],
    ['009447911123456', undefined],
    ['0092348031234567', undefined],
    ['08031234567;ext=1', undefined],
    ['', undefined],
  ]

  it.each(SPELLINGS)('%j is read in the same way for a quote and a call', async (text, phone) => {
    const quote = await ask('GET', `/tariff?phone=${encodeURIComponent(text)}`)
    const call = await ask('POST', '/calls', { recipient_phone: text })
    expect([quote.body.recipient_phone, call.body.recipient_phone]).toEqual([phone, phone])
    expect([quote.status, call.status]).toEqual(phone ? [200, 201] : [400, 400])
    const [message, ofCall] = [quote, call].map(({ body }) => body.errors?.[0].message)
    expect(message).toBe(ofCall)
    if (phone) await ask('PATCH', `/calls/${call.body.uuid}/end`)
  })

  it.each<[query: string, phone: string | undefined]>([
    ['+2348031234567', '+2348031234567'],
    ['+447911123456', '+447911123456'],
    ['+0803+123+4567', '+2348031234567'],
    ['%2B234+803+123+4567', '+2348031234567'],
    ['%2B8131234567', '+8131234567'],
    ['%208131234567', '+2348131234567'],
    ['+8131234567', undefined],
    ['0803+1234567', '+2348031234567'],
  ])('in the query phone=%s is read as %s', async (query, phone) => {
    const { status, body } = await ask('GET', `/tariff?phone=${query}`)
    expect([status, body.recipient_phone]).toEqual([phone ? 200 : 400, phone])
    if (!phone) expect(body.detail).toContain('%2B to mean +8131234567')
  })
})

describe('a time in a query', () => {
  const paths = ['/payments', '/calls', '/wallets']

  it.each(paths)('of %s can have an unencoded plus, both in from and in to', async (list) => {
    const [wallet] = (await ask('GET', '/wallets')).body
    const path = list === '/wallets' ? `/wallets/${wallet.uuid}/transactions` : list
    for (const plus of ['+', '%2B'])
      for (const end of ['from', 'to'])
        expect((await ask('GET', `${path}?${end}=2026-11-25T00:00:00${plus}01:00`)).status).toBe(
          200,
        )
    const blank = await ask('GET', `${path}?from=2026-11-25T00:00:00%2001:00`)
    expect(blank).toMatchObject({ status: 400, body: { detail: expect.stringContaining('%2B') } })
    for (const time of ['2026-02-30T00:00:00Z', '2026-03-14T24:00:00Z', '2016-12-31T23:59:60Z'])
      expect((await ask('GET', `${path}?to=${time}`)).status, time).toBe(400)
  })

  it('keeps its plus in the link to the next page', async () => {
    for (let count = 0; count < 2; count++) await topUp(await user, 20)
    const first = await ask('GET', '/payments?limit=1&from=2020-01-01T00:00:00+01:00')
    const link = /<(.+)>/.exec(first.headers.get('Link') ?? '')?.[1] ?? ''
    expect(link).toContain('%2B01')
    expect((await ask('GET', link)).status).toBe(200)
  })
})

it('a UUID in a path can be in upper case', async () => {
  const [wallet] = (await ask('GET', '/wallets')).body
  expect((await ask('GET', `/wallets/${wallet.uuid.toUpperCase()}`)).body.uuid).toBe(wallet.uuid)
})

it('a payment reference can be in another letter case, and padded', async () => {
  const { body } = await ask('POST', '/payments', { amount: 20, method: 'monnify' })
  const pasted = `\u200e${body.payment_reference.toLowerCase()}\u00a0`
  const verified = await ask('POST', `/payments/verify/${encodeURIComponent(pasted)}`)
  expect(verified.body).toMatchObject({ uuid: body.uuid, status: 'completed' })
})

it('the reference of an event can be padded', async () => {
  const world = worldWith()
  const payer = await newUser(world.send)
  const { body } = await payer.send('POST', '/payments', {
    body: { amount: 20, method: 'monnify' },
  })
  world.gateway.says(body.payment_reference, 'PAID', 20)
  const taken = await sendEvent(world.send, paidEvent(` ${body.payment_reference}\u00a0`, 20))
  expect(taken.body).toEqual({ outcome: 'settled' })
})

it('a pasted e-mail address logs in to its account, and cannot be registered again', async () => {
  const { email } = await user
  const pasted = `\u202a${email.toUpperCase()}\u202c\u00a0`
  expect((await logIn(send, pasted)).status).toBe(200)
  const again = { email: pasted, password: 'correct horse battery' }
  expect((await send('POST', '/users/register', { body: again })).status).toBe(409)
})

it.each([
  ['\u200b', null],
  ['\u202aAda\u200e\u202c', 'Ada'],
  ['👩\u200d🚀', '👩\u200d🚀'],
])('the recipient name %j is stored as %j', async (recipient_name, kept) => {
  const call = await ask('POST', '/calls', { recipient_phone: '08031234567', recipient_name })
  expect(call).toMatchObject({ status: 201, body: { recipient_name: kept } })
  await ask('PATCH', `/calls/${call.body.uuid}/end`)
})
