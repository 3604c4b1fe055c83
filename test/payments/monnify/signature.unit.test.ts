import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { signBody, verifySignature } from '../../../src/payments/monnify/signature'

/** Monnify's published example. */
const SECRET = '91MUDL9N6U3BQRXBQ2PJ9M0PW4J22M1Y'
const BODY =
  '{"eventData":{"product":{"reference":"111222333","type":"OFFLINE_PAYMENT_AGENT"},"transactionReference":"MNFY|76|20211117154810|000001","paymentReference":"0.01462001097368737","paidOn":"17/11/2021 3:48:10 PM","paymentDescription":"Mockaroo Jesse","metaData":{},"destinationAccountInformation":{},"paymentSourceInformation":{},"amountPaid":78000,"totalPayable":78000,"offlineProductInformation":{"code":"41470","type":"DYNAMIC"},"cardDetails":{},"paymentMethod":"CASH","currency":"NGN","settlementAmount":77600,"paymentStatus":"PAID","customer":{"name":"Mockaroo Jesse","email":"111222333@ZZAMZ4WT4Y3E.monnify"}},"eventType":"SUCCESSFUL_TRANSACTION"}'
const SIGNATURE =
  'f04fb635e04d71648bd3cc7999003da6861483342c856d05ddfa9b2dafacb873b0de1d0f8f67405d0010b4348b721c49fa171d317972618debba6b638aedcd3c'

const bytes = (text: string) => new TextEncoder().encode(text)
const verify = (body: string, signature: string) => verifySignature(SECRET, bytes(body), signature)

describe("Monnify's signature", () => {
  it('matches the published example', async () => {
    expect(await signBody(SECRET, bytes(BODY))).toBe(SIGNATURE)
    expect(await verify(BODY, SIGNATURE)).toBe(true)
  })

  it.each([
    [
      'a plain SHA-512 of secret and body',
      BODY,
      createHash('sha512')
        .update(SECRET + BODY)
        .digest('hex'),
    ],
    ['a pretty-printed body', JSON.stringify(JSON.parse(BODY), null, 2), SIGNATURE],
    ['a body with escaped slashes', BODY.replaceAll('/', '\\/'), SIGNATURE],
    ['a truncated body', BODY.slice(0, -1), SIGNATURE],
    ['an empty body', '', SIGNATURE],
    ['a truncated signature', BODY, SIGNATURE.slice(0, -1)],
    ['a longer signature', BODY, `${SIGNATURE}0`],
    ['an upper-case signature', BODY, SIGNATURE.toUpperCase()],
    ['no signature', BODY, ''],
    ['a signature that is not hex', BODY, 'z'.repeat(128)],
  ])('does not match %s', async (_, body, signature) => {
    expect(await verify(body, signature)).toBe(false)
  })

  it('does not match a body with one changed bit, at any byte', async () => {
    const body = bytes(BODY)
    for (let index = 0; index < body.length; index++) {
      const changed = body.with(index, (body[index] ?? 0) ^ 1)
      expect(await verifySignature(SECRET, changed, SIGNATURE)).toBe(false)
    }
  })
})
