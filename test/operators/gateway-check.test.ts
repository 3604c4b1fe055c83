import { describe, expect, it } from 'vitest'
import { createMonnify } from '../../src/payments/monnify/client'
import { newUser } from '../support/client'
import { worldWith } from '../support/gateway'
import { newOperator } from '../support/operators'
import { dumpD1 } from '../support/secrets'

const UNKNOWN = {
  requestSuccessful: false,
  responseMessage: 'Could not find transaction with payment reference AIL-0_a1',
}

/** The service in front of a Monnify that accepts only the secret key `right`. */
function worldAt(secretKey: string) {
  const asked: string[] = []
  const fetch = async (request: Request) => {
    asked.push(`${request.method} ${request.url}`)
    if (!request.url.endsWith('/auth/login')) return Response.json(UNKNOWN, { status: 404 })
    const isKnown = request.headers.get('Authorization') === `Basic ${btoa('MK_TEST_1:right')}`
    const body = isKnown
      ? { requestSuccessful: true, responseBody: { accessToken: 't', expiresIn: 3600 } }
      : { requestSuccessful: false, responseMessage: 'Invalid login details' }
    return Response.json(body, { status: isKnown ? 200 : 401 })
  }
  const account = { apiKey: 'MK_TEST_1', secretKey, contractCode: '1000200030' }
  const gateway = createMonnify({
    ...account,
    baseUrl: 'https://api.monnify.com',
    redirectUrl: undefined,
    fetch,
    now: () => Date.now(),
  })
  return { asked, ...worldWith({ gateway }) }
}

describe('a check of the gateway', () => {
  it('logs in, queries a payment that does not exist, and stores nothing', async () => {
    const { send, asked } = worldAt('right')
    const operator = await newOperator('viewer', send)
    const before = await dumpD1()
    const answer = await operator.send('POST', '/operator/gateway')
    expect(answer).toMatchObject({ status: 200, body: { gateway: 'accepted' } })
    expect(asked).toEqual([
      'POST https://api.monnify.com/api/v1/auth/login',
      `GET https://api.monnify.com/api/v2/merchant/transactions/query?paymentReference=AIL-${'0'.repeat(32)}_a1`,
    ])
    expect(await dumpD1()).toBe(before)
  })

  it('fails if Monnify rejects the credentials', async () => {
    const { send } = worldAt('wrong')
    const answer = await (await newOperator('viewer', send)).send('POST', '/operator/gateway')
    expect(answer).toMatchObject({ status: 502, body: { code: 'gateway_unavailable' } })
  })

  it('is for operators only', async () => {
    const { send, asked } = worldAt('right')
    const { token } = await newUser(send)
    for (const other of ['', 'x', token])
      expect((await send('POST', '/operator/gateway', { token: other })).status).toBe(401)
    expect(asked).toEqual([])
  })
})
