import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { receiptFields, receiptTermsOf } from '../../src/receipts/settings'

const settings = z.object(receiptFields)

const messageOf = (values: Record<string, string>): string | undefined =>
  settings.safeParse(values).error?.issues[0]?.message

describe('the settings of receipts', () => {
  it('are optional, and an empty one counts as not set', () => {
    const nothing = settings.parse({ RECEIPT_KEY: ' ', VAT_RATE: '', RECEIPT_ISSUER: ' ' })
    expect(receiptTermsOf(nothing)).toEqual({ issuer: [], vatRate: undefined, vatPoint: 'topup' })
    expect(nothing.RECEIPT_KEY).toBeUndefined()
  })

  it.each([
    [{ VAT_RATE: '7.5%' }, 'must be a percentage such as 7.5'],
    [{ VAT_RATE: '750' }, 'must be a percentage such as 7.5'],
    [{ VAT_POINT: 'always' }, 'must be topup or usage'],
    [{ RECEIPT_KEY: 'q7Vd2mXw9LrT4bYz8NcJ5hKs1PfG6uAe' }, 'openssl genpkey -algorithm ed25519'],
    [{ RECEIPT_KEYS_PREVIOUS: 'abc' }, 'must be a list of the `x` of earlier keys'],
    [{ RECEIPT_ISSUER: 'a;'.repeat(11) }, 'must have at most 10 parts'],
    [{ RECEIPT_ISSUER: 'a'.repeat(201) }, 'must have at most 10 parts of at most 200'],
    [{ RECEIPT_ISSUER: 'a\u0007b' }, 'must have at most 10 parts'],
    [{ RECEIPT_ISSUER: '"Example Ltd"' }, 'without quotes'],
  ])('%j is rejected', (values, message) => {
    expect(messageOf(values)).toContain(message)
  })

  it('accept keys and lines as a person writes them', () => {
    const x = '6kpsY-KcUgq-9VB7Ey7F-ZVHdq6-vnuSQh7qaRRG0iw'
    const parsed = settings.parse({
      RECEIPT_KEYS_PREVIOUS: ` ${x},\n${x} `,
      RECEIPT_ISSUER: 'Example Ltd;; TIN 12345678-0001',
      VAT_RATE: '7.5',
      VAT_POINT: 'usage',
    })
    expect(parsed.RECEIPT_KEYS_PREVIOUS).toEqual([x, x])
    expect(receiptTermsOf(parsed)).toEqual({
      issuer: ['Example Ltd', 'TIN 12345678-0001'],
      vatRate: 750,
      vatPoint: 'usage',
    })
  })
})
