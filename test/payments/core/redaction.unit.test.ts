import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { redactCardData } from '../../../src/payments/core/redaction'

const CARD = '5060990580000217499'

describe('a stored event', () => {
  it('contains only the type and the last four digits of a card', () => {
    const event = {
      eventData: {
        amountPaid: 150,
        cardDetails: {
          cardType: 'Verve',
          last4: '7499',
          bin: '506099',
          maskedPan: '506099******7499',
          expMonth: '12',
          cardToken: 'MNFY_TOKEN',
        },
      },
    }
    expect(JSON.parse(redactCardData(JSON.stringify(event)))).toEqual({
      eventData: { amountPaid: 150, cardDetails: { cardType: 'Verve', last4: '7499' } },
    })
  })

  it.each([
    [`{"note":"${CARD}"}`, '{"note":"••••7499"}'],
    [`{"note":"card 5060 9905 8000 0217 499 was used"}`, '{"note":"card ••••7499 was used"}'],
    [`{"note":"4111-1111-1111-1111"}`, '{"note":"••••1111"}'],
    [`{"note":"4111.1111.1111.1111 or 4111_1111_1111_1111"}`, '{"note":"••••1111 or ••••1111"}'],
    [`{"note":"card4111111111111111"}`, '{"note":"card••••1111"}'],
    ['{"amount":4111111111111111}', '{"amount":"••••1111"}'],
    ['{"cardToken":"T","cvv":"123","deep":{"PAN":"x","card_number":"y"}}', '{"deep":{}}'],
    ['{"carddetails":{"last4":"1111","pin":"1"}}', '{"carddetails":{"last4":"1111"}}'],
    [`no JSON, with ${CARD}`, 'no JSON, with ••••7499'],
    [
      '{"reference":"4111111111111111","sessionId":"5060990580000217499"}',
      '{"reference":"••••1111","sessionId":"••••7499"}',
    ],
    ['{"note":"4111\u00a01111\u00a01111\u00a01111"}', '{"note":"••••1111"}'],
    ['{"note":"4111–1111–1111–1111 or 4111/1111/1111/1111"}', '{"note":"••••1111 or ••••1111"}'],
    ['{"note":"12 4111 - 1111 - 1111 - 1111"}', '{"note":"12 ••••1111"}'],
    ['{"note":"４１１１１１１１１１１１１１１１"}', '{"note":"••••1111"}'],
    [
      '{"4111111111111111":"paid","a":{"4111 1111 1111 1111":1}}',
      '{"••••1111":"paid","a":{"••••1111":1}}',
    ],
    ['{"n":5060990580000217499,"m":[-4111111111111111]}', '{"n":"••••","m":["-••••1111"]}'],
    ['{"metaData":"{\\"cvv\\":\\"123\\",\\"a\\":1}"}', '{"metaData":"{\\"a\\":1}"}'],
    [
      '{"cardPin":"1","securityCode":"2","cvvCode":"3","tokenizedCard":"4","authorizationCode":"5"}',
      '{}',
    ],
    ['{"card-pin":"1","Security_Code":"2","card_cvc":"3","expiry":"12/30","expMonth":"12"}', '{}'],
    [
      '{"cardholder":"A","cardHolderName":"A","nameOnCard":"A","pinBlock":"1","track2Data":"x"}',
      '{}',
    ],
    [
      '{"card":{"expiryMonth":"12","expiryYear":"30","holderName":"A","last4":"1111"}}',
      '{"card":{"last4":"1111"}}',
    ],
    ['{"cardDetails":{"last4":"4111111111111111"}}', '{"cardDetails":{"last4":"••••1111"}}'],
    ['{"cardDetails":null}', '{}'],
    ['{"cardDetails":"text"}', '{}'],
  ])('replaces %s with %s', (text, kept) => {
    expect(redactCardData(text)).toBe(kept)
  })

  it.each([
    '{"transactionReference":"MNFY|20|4111111111111111|000001"}',
    '{"paymentReference":"AIL-00000000000000000000000000000000_a1"}',
    '{"sessionId":"000015260314101601000123456789"}',
    '{"accountNumber":"0123456789","amountPaid":5250.5}',
    '{"number":"4111111111111112"}',
    '{"paidOn":"2026-03-14 10:16:02.0","completedOn":"14/03/2026 4:24:05 PM","at":1773482162006}',
    '{"note":"AIL-41111111111111114111111111111111_a1, MNFY|41|20260314101530|000812"}',
    '{"stamp":"20260314101530","amountPaid":99.99999999999999}',
    '{"metaData":"{ \\"a\\": 1 }","method":"CARD","offlineProductInformation":{"code":"41470"}}',
    'null',
  ])('keeps %s unchanged', (text) => {
    expect(redactCardData(text)).toBe(text)
  })
})

/** Digits that end with a valid Luhn check digit. */
const cardNumber = fc
  .tuple(
    fc.constantFrom('4', '5', '6', '34', '2221'),
    fc.array(fc.nat(9), { minLength: 13, maxLength: 14 }),
  )
  .map(([prefix, digits]) => {
    const body = prefix + digits.join('')
    const check = body
      .split('')
      .toReversed()
      .reduce((sum, digit, index) => {
        const value = Number(digit) * (index % 2 === 0 ? 2 : 1)
        return sum + (value > 9 ? value - 9 : value)
      }, 0)
    return body + String((10 - (check % 10)) % 10)
  })

const separator = fc.constantFrom('', '', ' ', '-', '\u00a0', '–', '/', '.', ' - ', '|', '\u200b')

describe('a card number', () => {
  it('is in no stored event, in any position and with any separators', () => {
    const spelt = cardNumber.chain((digits) =>
      fc
        .array(separator, { minLength: digits.length - 1, maxLength: digits.length - 1 })
        .map((between) => ({
          digits,
          text: digits
            .split('')
            .map((digit, index) => (between[index - 1] ?? '') + digit)
            .join(''),
        })),
    )
    const places = fc.constantFrom<(text: string) => unknown>(
      (text) => ({ reference: text }),
      (text) => ({ [text]: 1 }),
      (text) => [[`order 7, ${text} of Ngozi`]],
      (text) => ({ deep: JSON.stringify({ deeper: JSON.stringify([text]) }) }),
      (text) => text,
    )
    fc.assert(
      fc.property(spelt, places, ({ digits, text }, place) => {
        for (const body of [JSON.stringify(place(text)), `not JSON: ${text}`])
          expect(redactCardData(body).replaceAll(/[^\d]/g, '')).not.toContain(digits)
      }),
    )
  })
})
