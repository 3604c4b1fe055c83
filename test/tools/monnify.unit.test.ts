import { createHash, createHmac } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { explain } from '../../src/tools/monnify-codes'
import { diagnose } from '../../src/tools/monnify-diagnosis'
import { buildEvent, EVENT_TYPES } from '../../src/tools/monnify-events'

const SECRET = 'ZK4M8W2Q6T1R9Y3U5P7S'
const BODY = '{"eventType":"SUCCESSFUL_REFUND","eventData":{"refundAmount":150.00,"url":"a/b"}}'
const sign = (body: string, secret = SECRET) =>
  createHmac('sha512', secret).update(body).digest('hex')
const parsedAgain = JSON.stringify(JSON.parse(BODY))

describe('verify', () => {
  it.each<[string, string, string, string]>([
    ['a missing header', BODY, '', 'missing header'],
    ['another secret', BODY, sign(BODY, 'another'), 'wrong secret'],
    [
      'a changed body',
      BODY.replace('150', '151'),
      sign(BODY),
      'wrong secret, or a body that was changed',
    ],
    [
      'the legacy hash',
      BODY,
      createHash('sha512')
        .update(SECRET + BODY)
        .digest('hex'),
      'legacy hash',
    ],
    ['upper case', BODY, sign(BODY).toUpperCase(), 'upper case'],
    ['a truncated signature', BODY, sign(BODY).slice(1), '127 characters'],
    [
      'a body printed again',
      JSON.stringify(JSON.parse(BODY), null, 2),
      sign(parsedAgain),
      're-serialised body',
    ],
    [
      'a pretty-printed original',
      parsedAgain,
      sign(JSON.stringify(JSON.parse(BODY), null, 2)),
      're-serialised body',
    ],
    [
      'escaped slashes',
      parsedAgain.replaceAll('/', '\\/'),
      sign(parsedAgain),
      're-serialised body',
    ],
    ['an added end of line', `${BODY}\n`, sign(BODY), 're-serialised body'],
    [
      'the old configuration',
      '{"transactionHash":"x"}',
      sign('other'),
      'old webhook configuration',
    ],
  ])('names %s', (_, body, signature, cause) => {
    const diagnosis = diagnose(SECRET, Buffer.from(body), signature)
    expect(diagnosis.isValid).toBe(false)
    expect(diagnosis.cause).toContain(cause)
  })

  it('accepts what is right', () => {
    expect(diagnose(SECRET, Buffer.from(BODY), sign(BODY)).isValid).toBe(true)
  })
})

describe('explain', () => {
  it.each(['R9', 'r9', 'D06', 'PARTIALLY_PAID', 'Duplicate payment reference', ' 99 '])(
    'knows %j',
    (code) => {
      expect(explain(code)).toBeTruthy()
    },
  )

  it.each(['', 'R99', 'constructor', '__proto__'])('does not know %j', (code) => {
    expect(explain(code)).toBeUndefined()
  })
})

describe('trigger', () => {
  it.each(EVENT_TYPES)('builds %s', (eventType) => {
    const event = buildEvent(eventType, { reference: 'AIL-1_a1', amount: 1000 })
    expect(event).toMatchObject({ eventType, eventData: expect.any(Object) })
  })

  it.each(['', 'FAILED_TRANSACTION', 'constructor'])('builds no %j', (eventType) => {
    expect(buildEvent(eventType, { reference: 'r', amount: 1 })).toBeUndefined()
  })
})
