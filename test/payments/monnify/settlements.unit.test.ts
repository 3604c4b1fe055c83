import { describe, expect, it } from 'vitest'
import { readSettlement } from '../../../src/payments/monnify/settlements'
import { parseGatewayTime } from '../../../src/payments/monnify/time'

const event = {
  amount: '5198.00',
  settlementTime: '15/03/2026 02:29:00 PM',
  settlementReference: 'EXAMPLESETTLEMENT01',
  destinationAccountNumber: '6001112223',
  destinationBankName: 'Example Bank',
  destinationAccountName: 'Example Shop',
  transactionsCount: 2,
  transactions: [
    { transactionReference: 'MNFY|1', paymentReference: 'AIL-1_a1', amountPaid: '5250.50' },
    { transactionReference: 'MNFY|2', paymentReference: 'AIL-2_a1', amountPaid: '10.00' },
  ],
}
const digestOf = (data: object) => readSettlement(data)?.digest

describe('the event of a settlement', () => {
  it('is read without the number of the account', () => {
    expect(readSettlement(event)).toEqual({
      reference: 'EXAMPLESETTLEMENT01',
      amountKobo: 519_800,
      destination: 'Example Bank •••• 2223',
      settledAtMs: Date.parse('2026-03-15T14:29:00+01:00'),
      transactions: 2,
      digest: expect.stringMatching(/^[\da-f]{64}$/),
    })
  })

  it('needs a reference only', () => {
    const { digest: _, ...read } = readSettlement({ settlementReference: 'S1' }) ?? {}
    expect(read).toEqual({
      reference: 'S1',
      amountKobo: null,
      destination: null,
      settledAtMs: null,
      transactions: 0,
    })
    expect(readSettlement({ amount: '1.00' })).toBeUndefined()
    expect(readSettlement('text')).toBeUndefined()
  })

  it('has one digest, whatever the order of its fields and transactions', () => {
    const { transactions, ...head } = event
    const mixed = { transactions: transactions.toReversed(), ...head, extra: 1 }
    expect(digestOf(mixed)).toBe(digestOf(event))
  })

  it.each<[string, object]>([
    ['amount', { amount: '5198.01' }],
    ['account', { destinationAccountNumber: '6001112224' }],
    ['number of transactions', { transactionsCount: 3 }],
    ['transactions', { transactions: event.transactions.slice(1) }],
    [
      'amount of a transaction',
      { transactions: [{ ...event.transactions[0], amountPaid: '1.00' }, event.transactions[1]] },
    ],
  ])('has another digest with another %s', (_, change) => {
    expect(digestOf({ ...event, ...change })).not.toBe(digestOf(event))
  })
})

describe('a time of the gateway', () => {
  it.each([
    ['15/03/2026 02:29:00 PM', '2026-03-15T13:29:00.000Z'],
    ['17/11/2021 3:48:10 PM', '2021-11-17T14:48:10.000Z'],
    ['14/03/2026 12:00:01 AM', '2026-03-13T23:00:01.000Z'],
    ['14/03/2026 12:30:00 PM', '2026-03-14T11:30:00.000Z'],
    ['2026-03-14 10:16:02.615', '2026-03-14T09:16:02.615Z'],
    ['2026-03-14 10:16:02.0', '2026-03-14T09:16:02.000Z'],
    ['2026-03-14T10:15:32.104', '2026-03-14T09:15:32.104Z'],
    ['2026-03-14T09:15:30.000+00:00', '2026-03-14T09:15:30.000Z'],
  ])('%s', (text, time) => {
    expect(new Date(parseGatewayTime(text) ?? 0).toISOString()).toBe(time)
  })

  it.each(['', 'yesterday', '31/13/2026 10:00:00 AM', '2026-03-14'])('rejects "%s"', (text) => {
    expect(parseGatewayTime(text)).toBeUndefined()
  })
})
