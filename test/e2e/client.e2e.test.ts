import { describe, expect, it } from 'vitest'
import { bodyOf, createClient } from '../../client/client'
import { newAccount, post, useSharedService } from '../support/served'

const service = useSharedService()

describe('the typed client', () => {
  it('retries after a lost response to a payment, which is created once', async () => {
    const { accessToken } = await newAccount(service.url)
    let lost = 0
    const client = createClient({
      url: service.url,
      token: accessToken,
      async fetch(request) {
        const answer = await fetch(request)
        if (request.method === 'GET' || lost++ > 0) return answer
        throw new TypeError('the answer was lost')
      },
    })
    const { data, response } = await client.POST('/payments', {
      params: { header: { 'idempotency-key': crypto.randomUUID() } },
      body: { amount: 50, method: 'monnify' },
    })
    expect(response.headers.get('Idempotent-Replayed')).toBe('true')
    expect(await bodyOf(client.GET('/payments'))).toMatchObject([{ uuid: data?.uuid }])
  })

  it('throws a refusal, with its problem as the cause', async () => {
    const { client } = await newAccount(service.url)
    const asked = bodyOf(client.POST('/calls', { body: { recipient_phone: '08031234567' } }))
    await expect(asked).rejects.toMatchObject({
      message: 'The request needs 10.00 NGN, but only 0.00 NGN is available.',
      cause: { code: 'insufficient_funds', status: 400 },
    })
  })
})

const UUID = expect.stringMatching(/^[\da-f-]{36}$/)
const TIME = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/)
const TEXT = expect.any(String)

describe('a client of the predecessor, without any newer feature', () => {
  it('registers, pays and calls as before', async () => {
    const url = (path: string) => `${service.url}${path}`
    const credentials = { email: 'Ngozi@example.com', password: 'correct horse battery' }
    const user = { uuid: UUID, email: credentials.email, first_name: 'Ngozi', last_name: null }
    const names = { first_name: 'Ngozi' }
    expect(await post(url('/users/register'), { ...credentials, ...names })).toMatchObject(user)
    const session = await post(url('/auth/login'), credentials)
    expect(session).toMatchObject({ access_token: TEXT, refresh_token: TEXT, user })
    const { refresh_token } = session
    const pair = await post(url('/auth/refresh'), { refresh_token })
    const headers = { Authorization: `Bearer ${pair['access_token']}` }
    const ask = async <T = unknown>(path: string, method = 'GET'): Promise<T> =>
      (await fetch(url(path), { method, headers })).json()

    const payment = await post(url('/payments'), { amount: 99.5, method: 'monnify' }, headers)
    const paid = {
      uuid: payment['uuid'],
      amount: 99.5,
      currency: 'NGN',
      method: 'monnify',
      payment_reference: payment['payment_reference'],
      monnify_payment_reference: TEXT,
      checkout_url: expect.stringMatching(/^http/),
      created_at: TIME,
    }
    expect(payment).toMatchObject({ ...paid, status: 'processing' })
    const verified = await ask(`/payments/verify/${payment['payment_reference']}`, 'POST')
    expect(verified).toMatchObject({ ...paid, status: 'completed' })
    expect(await ask('/payments')).toEqual([verified])
    expect(await ask(`/payments/${payment['uuid']}`)).toEqual(verified)

    const body = { recipient_phone: '+2348031234567', recipient_name: 'Ada', type: 'video' }
    const call = await post(url('/calls'), body, headers)
    const placed = {
      ...body,
      uuid: UUID,
      cost: 10,
      ended_at: null,
      duration_seconds: null,
      signaling_url: TEXT,
      created_at: TIME,
    }
    expect(call).toMatchObject({ ...placed, status: 'initiated', started_at: null })
    const answer = await ask(`/calls/${call['uuid']}/answer`, 'PATCH')
    expect(answer).toMatchObject({ ...placed, status: 'answered', started_at: TIME })
    const ended = await ask<{ cost: number; duration_seconds: number }>(
      `/calls/${call['uuid']}/end`,
      'PATCH',
    )
    expect(ended).toMatchObject({ status: 'completed', ended_at: TIME })
    expect(ended.cost).toBe(Math.max(1, Math.ceil(ended.duration_seconds / 6)))
    expect(await ask(`/calls/${call['uuid']}`)).toEqual(ended)
    expect(await ask('/calls')).toEqual([ended])

    const wallets = await ask<{ uuid: string }[]>('/wallets')
    const empty = { uuid: UUID, type: 'primary', balance: 0, currency: 'NGN', created_at: TIME }
    const credits = { ...empty, type: 'call_credits', balance: 99.5 - ended.cost }
    expect(wallets).toMatchObject([empty, credits])
    expect(await ask(`/wallets/${wallets[1]?.uuid}`)).toEqual(wallets[1])
    expect(await ask('/users/me')).toMatchObject(user)
    expect((await fetch(url('/api-json'))).status).toBe(200)
  }, 30_000)
})
