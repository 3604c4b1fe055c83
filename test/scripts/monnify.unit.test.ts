import { createHash, createHmac } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { explain } from '../../scripts/aileana/monnify/codes'
import { diagnose } from '../../scripts/aileana/monnify/diagnosis'
import { buildEvent, EVENT_TYPES } from '../../scripts/aileana/monnify/events'

const SECRET = 'ZK4M8W2Q6T1R9Y3U5P7S'
const BODY = '{"eventType":"SUCCESSFUL_REFUND","eventData":{"refundAmount":150.00,"url":"a/b"}}'
const sign = (body: string, secret = SECRET) =>
  createHmac('sha512', secret).update(body).digest('hex')
const parsedAgain = JSON.stringify(JSON.parse(BODY))

describe('verify', () => {
  it.each<[string, string, string, string]>([
    ['a missing header', BODY, '', 'missing header'],
    ['another secret', BODY, sign(BODY, 'another'), 'wrong secret'],
    ['a changed body', BODY.replace('150', '151'), sign(BODY), 'wrong secret or changed body'],
    [
      'the legacy hash',
      BODY,
      createHash('sha512')
        .update(SECRET + BODY)
        .digest('hex'),
      'legacy hash',
    ],
    ['a signature in upper case', BODY, sign(BODY).toUpperCase(), 'upper case'],
    ['a truncated signature', BODY, sign(BODY).slice(1), '127 characters'],
    [
      'a reformatted body',
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
    ['an added end of line', `${BODY}\n`, sign(BODY), 'an end of line was added'],
    [
      'the old webhook configuration',
      '{"transactionHash":"x"}',
      sign('other'),
      'old webhook configuration',
    ],
    [
      'another secret for an event with a hash',
      '{"transactionHash":"x","eventType":"y"}',
      sign('other'),
      'wrong secret',
    ],
    ['another secret for a body of another shape', '{"a":1}', sign('other'), 'wrong secret'],
  ])('detects %s', (_, body, signature, cause) => {
    const diagnosis = diagnose(SECRET, Buffer.from(body), signature)
    expect(diagnosis.isValid).toBe(false)
    expect(diagnosis.cause).toContain(cause)
  })

  const lines = '{\n  "a": 1\n}'
  const utf16 = (text: string, isBig = false) => {
    const bytes = Buffer.from(text, 'utf16le')
    return isBig ? bytes.swap16() : bytes
  }
  it.each<[string, Buffer, string, string]>([
    ['a byte order mark', Buffer.from(`\uFEFF${BODY}`), BODY, 'begins with a byte order mark'],
    [
      'a byte order mark and an end of line',
      Buffer.from(`\uFEFF${BODY}\r\n`),
      BODY,
      'mark, and an end of line',
    ],
    ['UTF-16', utf16(`\uFEFF${BODY}`), BODY, 'UTF-16 (little-endian)'],
    ['UTF-16 without a byte order mark', utf16(`${BODY}\r\n`), BODY, 'UTF-16 (little-endian)'],
    ['big-endian UTF-16', utf16(`\uFEFF${BODY}`, true), BODY, 'UTF-16 (big-endian)'],
    ['big-endian UTF-16 without a byte order mark', utf16(BODY, true), BODY, 'UTF-16 (big-endian)'],
    ['CRLF', Buffer.from(lines.replaceAll('\n', '\r\n')), lines, 'its lines end in CRLF'],
    ['LF', Buffer.from(lines), lines.replaceAll('\n', '\r\n'), 'its lines end in LF'],
    [
      'CRLF and an added end of line',
      Buffer.from(`${lines}\n`.replaceAll('\n', '\r\n')),
      lines,
      'CRLF, and',
    ],
    ['an added end of line', Buffer.from(`${BODY}\n`), BODY, 'an end of line was added'],
  ])('explains a file that an editor changed: %s', (_, file, original, cause) => {
    const diagnosis = diagnose(SECRET, file, sign(original))
    expect(diagnosis.isValid).toBe(false)
    expect(diagnosis.cause).toContain(cause)
  })

  it('accepts a valid signature', () => {
    expect(diagnose(SECRET, Buffer.from(BODY), sign(BODY)).isValid).toBe(true)
  })
})

describe('explain', () => {
  it.each(['R9', 'r9', 'D06', 'PARTIALLY_PAID', 'Duplicate payment reference', ' 99 '])(
    'explains %j',
    (code) => {
      expect(explain(code)).toBeTruthy()
    },
  )

  it.each(['', 'R99', 'constructor', '__proto__'])('does not explain %j', (code) => {
    expect(explain(code)).toBeUndefined()
  })
})

describe('trigger', () => {
  it.each(EVENT_TYPES)('builds %s', (eventType) => {
    const event = buildEvent(eventType, { reference: 'AIL-1_a1', amount: 1000 })
    expect(event).toMatchObject({ eventType, eventData: expect.any(Object) })
  })

  it.each(['', 'FAILED_TRANSACTION', 'constructor'])('rejects %j', (eventType) => {
    expect(buildEvent(eventType, { reference: 'r', amount: 1 })).toBeUndefined()
  })
})
