import { describe, expect, it } from 'vitest'
import { withoutCards } from '../../src/payments/without-cards'

const CARD = '5060990580000217499'

describe('what is kept of an event', () => {
  it('has of a card its kind and its last four digits', () => {
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
    expect(JSON.parse(withoutCards(JSON.stringify(event)))).toEqual({
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
    ['{"cardDetails":null}', '{}'],
    ['{"cardDetails":"text"}', '{}'],
  ])('%s is kept as %s', (text, kept) => {
    expect(withoutCards(text)).toBe(kept)
  })

  it.each([
    '{"transactionReference":"MNFY|20|4111111111111111|000001"}',
    '{"paymentReference":"AIL-00000000000000000000000000000000_a1"}',
    '{"sessionId":"000015260314101601000123456789"}',
    '{"accountNumber":"0123456789","amountPaid":5250.5}',
    '{"number":"4111111111111112"}',
    'null',
  ])('%s is kept as it is', (text) => {
    expect(withoutCards(text)).toBe(text)
  })
})
