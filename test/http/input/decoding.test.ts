import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { clientInfoOf } from '../../../src/auth/client-info'
import { isUtf8Type } from '../../../src/http/input/decoding'
import { SIGNATURE_HEADER, signBody } from '../../../src/payments/monnify/signature'
import { logIn } from '../../support/accounts'
import { newUser, send, walletOf } from '../../support/client'
import { operations, sampleOf } from '../../support/documented'
import { paidEvent, SECRET, worldWith } from '../../support/gateway'

/** @returns the text in Latin-1: one byte per character, so `é` is not valid UTF-8 */
const latin1 = (text: string): Uint8Array => Uint8Array.from(text, (char) => char.charCodeAt(0))

const JSON_TYPE = 'application/json'
const user = newUser()

const typed = (type: string) => ({ 'Content-Type': type })

describe('a media type', () => {
  it.each([
    [JSON_TYPE, true],
    ['application/json; charset=utf-8', true],
    ['application/json;charset=UTF-8', true],
    ['application/json; charset="utf-8"', true],
    ['application/json; charset=utf8', true],
    ['application/json; profile=x; charset=utf-8', true],
    ['application/json; charset=iso-8859-1', false],
    ['application/json; charset="windows-1252"', false],
    ['application/json; CHARSET=utf-16', false],
    ['application/json; charset=us-ascii', false],
    ['application/json; charset=utf-8; charset=latin1', false],
    ['application/json; charset=', false],
  ])('%s counts as UTF-8: %s', (type, isUtf8) => {
    expect(isUtf8Type(type)).toBe(isUtf8)
  })
})

const withBody = operations.filter(
  ({ requestBody, operationId }) => requestBody && operationId !== 'receiveMonnifyEvent',
)

describe.each(withBody)('the body of $method $path', (operation) => {
  const ask = async (body: string | Uint8Array, headers: Record<string, string>) => {
    const { method, path } = sampleOf(operation)
    const { token } = await user
    return send(method, path, { token, body, headers })
  }
  const text = `{"caf\u00e9":"\u00ff"}`

  it('in another charset is rejected as an unsupported media type', async () => {
    for (const charset of ['iso-8859-1', 'utf-16', 'us-ascii']) {
      const answer = await ask(latin1(text), typed(`${JSON_TYPE}; charset=${charset}`))
      expect(answer).toMatchObject({ status: 415, body: { code: 'unsupported_media_type' } })
    }
  })

  it('with a content encoding is rejected', async () => {
    const answer = await ask('{}', { ...typed(JSON_TYPE), 'Content-Encoding': 'gzip' })
    expect(answer).toMatchObject({ status: 415, body: { code: 'unsupported_media_type' } })
  })

  it('with bytes that are not UTF-8 is rejected as malformed JSON', async () => {
    for (const type of [JSON_TYPE, `${JSON_TYPE}; charset=utf-8`])
      expect(await ask(latin1(text), typed(type))).toMatchObject({
        status: 400,
        body: { code: 'malformed_json', detail: expect.stringContaining('UTF-8') },
      })
  })

  it('in UTF-8 after a byte order mark is decoded, with or without a charset', async () => {
    for (const charset of ['', '; charset=utf-8', '; charset="UTF-8"', ';charset=utf8'])
      expect(await ask(`\ufeff{"x":1}`, typed(`${JSON_TYPE}${charset}`))).toMatchObject({
        status: 400,
        body: { code: 'validation_failed', detail: expect.stringContaining('/x') },
      })
  })
})

it.each([
  '\u00c0\u00af',
  '\u00ed\u00a0\u0080',
  '\u00f5\u0080\u0080\u0080',
  '\u00ff\u00fe',
  '\u00e9',
])('the bytes %j in a description create no payment', async (bytes) => {
  const { send: asUser } = await user
  const body = latin1(`{"amount":5,"method":"monnify","description":"${bytes}"}`)
  const refused = await asUser('POST', '/payments', { body, headers: typed(JSON_TYPE) })
  expect(refused).toMatchObject({ status: 400, body: { code: 'malformed_json' } })
  expect((await asUser('GET', '/payments')).body).toEqual([])
})

it('an ignored body is accepted in any charset', async () => {
  const guest = await newUser()
  const headers = typed(`${JSON_TYPE}; charset=iso-8859-1`)
  const ended = await guest.send('POST', '/auth/logout', { body: latin1('"\u00e9"'), headers })
  expect(ended.status).toBe(204)
})

describe('a Monnify event with bytes that are not UTF-8', () => {
  it('credits its payment, and is stored with U+FFFD in place of those bytes', async () => {
    const world = worldWith()
    const payer = await newUser(world.send)
    const { body } = await payer.send('POST', '/payments', {
      body: { amount: 70, method: 'monnify' },
    })
    const reference: string = body.payment_reference
    world.gateway.says(reference, 'PAID', 70)
    const event = latin1(
      JSON.stringify(paidEvent(reference, 70, { customer: { name: 'Ren\u00e9' } })),
    )
    const headers = { [SIGNATURE_HEADER]: await signBody(SECRET, event) }
    const taken = await world.send('POST', '/webhooks/monnify', { body: event, headers })
    expect(taken).toMatchObject({ status: 200, body: { outcome: 'settled' } })
    expect((await walletOf(payer)).balance).toBe(70)
    const { results } = await env.DB.prepare(
      'SELECT body, outcome FROM webhook_events WHERE payment_reference = ?',
    )
      .bind(reference)
      .all()
    expect(results).toMatchObject([
      { outcome: 'settled', body: expect.stringContaining('Ren\ufffd') },
    ])
  })
})

it('a cursor of bytes that are not UTF-8 is rejected', async () => {
  const cursor = btoa('[1773483330000,"\u00e9"]').replace(/=+$/, '').replaceAll('/', '_')
  const answer = await (await user).send('GET', `/payments?cursor=${cursor}`)
  expect(answer).toMatchObject({ status: 400, body: { code: 'invalid_cursor' } })
})

it.each(['[0]', '[-1]', '[1.5]', '["1"]', '[]', '[1,1]', '1', 'null'])(
  'a cursor of %s is rejected by the lists of calls and transactions',
  async (position) => {
    const asked = await user
    const { uuid } = await walletOf(asked)
    const cursor = btoa(position).replace(/=+$/, '')
    for (const path of ['/calls', `/wallets/${uuid}/transactions`])
      expect(await asked.send('GET', `${path}?cursor=${cursor}`), path).toMatchObject({
        status: 400,
        body: { code: 'invalid_cursor' },
      })
  },
)

describe('the device of a session', () => {
  it.each([
    ['caf\ufffd', 'caf?'],
    ['café 1.0', 'café 1.0'],
    ['😀', '😀'],
    ['\u2800\u3164', null],
    ['a\u0001b', 'ab'],
  ])('%j is stored as %j', (userAgent, device) => {
    expect(clientInfoOf(userAgent).device).toBe(device)
  })

  it('has no U+FFFD if the header was not UTF-8', async () => {
    const session = await logIn(send, (await user).email, undefined, { 'User-Agent': 'caf\ufffd' })
    const token = session.body.access_token
    const [newest] = (await send('GET', '/auth/sessions', { token })).body
    expect(newest.device).toBe('caf?')
  })
})
