import { exports } from 'cloudflare:workers'
import { hc } from 'hono/client'
import { expect, expectTypeOf, it } from 'vitest'
import type { App } from '../../src/app'
import { newUser, ORIGIN, userWithCredit } from '../support/client'

const clientOf = (token: string) =>
  hc<App>(ORIGIN, {
    headers: { Authorization: `Bearer ${token}` },
    fetch: (input: RequestInfo | URL, init?: RequestInit) =>
      exports.default.fetch(new Request(input, init)),
  })

it("the Hono client knows the types of the responses' fields", async () => {
  const client = clientOf((await userWithCredit(50)).token)
  const started = await client.calls.$post({ json: { recipient_phone: '08031234567' }, header: {} })
  expect(started.status).toBe(201)
  const call = await started.json()
  expectTypeOf(call.cost).toEqualTypeOf<number>()
  expectTypeOf(call.type).toEqualTypeOf<'audio' | 'video'>()
  expectTypeOf(call.started_at).toEqualTypeOf<string | null>()
  expect(call).toMatchObject({ status: 'initiated', cost: 10 })

  const ended = await client.calls[':uuid'].end.$patch({ param: { uuid: call.uuid }, query: {} })
  expect((await ended.json()).status).toBe('cancelled')
  const [primary] = await (await client.wallets.$get()).json()
  expectTypeOf(primary?.type).toEqualTypeOf<'primary' | 'call_credits' | undefined>()
  expect(primary?.type).toBe('primary')
})

it('the Hono client does not compile requests that the service rejects', async () => {
  const client = clientOf((await newUser()).token)
  // @ts-expect-error -- 'cash' is not a payment method
  const refused = await client.payments.$post({ json: { amount: 50, method: 'cash' }, header: {} })
  expect(refused.status).toBe(400)
  // @ts-expect-error -- an amount is a number
  const text = await client.payments.$post({ json: { amount: '5', method: 'wallet' }, header: {} })
  expect(text.status).toBe(400)
})
