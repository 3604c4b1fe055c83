/** Compares a journal with correct and with faulty books. */
import { describe, expect, it } from 'vitest'
import { auditBank, auditBooks, auditPayouts } from '../books/audit.ts'
import type { Books } from '../books/books.ts'
import { compareWithBooks, type Intent } from './journal.ts'
import type { CallRecord, PaymentRecord } from '../books/records.ts'
import { sampleHistory } from '../books/sample-history.ts'

const { books } = sampleHistory()
const [ada] = books as [Books]
const [charged] = ada.calls as [CallRecord]
const [paid] = ada.payments as [PaymentRecord]

const intent = (tag: string, rest: Partial<Intent> = {}): Intent => ({
  tag,
  user: 0,
  amountKobo: 0,
  next: undefined,
  isUnknown: false,
  isRefused: false,
  ...rest,
})

const INTENTS = [
  intent('call-1', { call: charged, position: 6 }),
  intent('call-2', { isUnknown: true }),
  intent('pay-1', { payment: paid }),
  intent('pay-2'),
  intent('transfer-1'),
]

const retold = (tag: string, rest: Partial<Intent>): Intent[] =>
  INTENTS.map((known) => (known.tag === tag ? { ...known, ...rest } : known))

const NOTHING = { lost: [], doubled: [], uncalledFor: [] }

describe('an acknowledged result', () => {
  it('is in the books', () => {
    expect(compareWithBooks(INTENTS, books)).toEqual(NOTHING)
    expect([...auditBooks(ada, true), ...auditBank(books)]).toEqual([])
  })

  it('can be missing in the journal if no response arrived', () => {
    expect(compareWithBooks([...INTENTS, intent('call-3', { isUnknown: true })], books)).toEqual(
      NOTHING,
    )
  })

  it.each<[string, readonly Intent[], string]>([
    ['a call that is gone', [...INTENTS, intent('call-3', { call: charged })], 'lost'],
    ['another cost', retold('call-1', { call: { ...charged, costKobo: 200 } }), 'lost'],
    ['another start', retold('call-1', { call: { ...charged, startedAtMs: 1 } }), 'lost'],
    ['another amount', retold('pay-1', { payment: { ...paid, paidKobo: 1 } }), 'lost'],
    ['a position that is not reached', retold('call-1', { position: 9 }), 'lost'],
    ['a refusal of what is there', retold('call-2', { isRefused: true }), 'uncalledFor'],
    ['nothing of a call', INTENTS.filter(({ tag }) => tag !== 'call-2'), 'uncalledFor'],
  ])('is reported as missing: %s', (_, intents, where) => {
    expect(compareWithBooks(intents, books)).toMatchObject({ [where]: [expect.any(String)] })
  })

  it('is reported if it is there twice', () => {
    const doubled = { ...ada, calls: [...ada.calls, { ...charged, uuid: 'its double' }] }
    expect(compareWithBooks(INTENTS, [doubled])).toMatchObject({
      doubled: ['call-1 is there twice'],
    })
  })
})

function withHeld(heldKobo: number): Books['wallets'] {
  const { primary, call_credits } = ada.wallets
  const balanceKobo = call_credits.balanceKobo - heldKobo
  return { primary, call_credits: { ...call_credits, heldKobo, balanceKobo } }
}

describe('the audit of the books', () => {
  it.each<[string, Partial<(typeof books)[number]>, RegExp]>([
    ['a hold that is left', { wallets: withHeld(6100) }, /61\.00 is still held/],
    [
      'a call that never ended',
      { calls: [...ada.calls, { ...charged, uuid: 'open', priceKobo: null }] },
      /call open never ended/,
    ],
    [
      'a transfer under way',
      { payments: ada.payments.map((own) => ({ ...own, status: 'processing' })) },
      /is still under way/,
    ],
    [
      'a price that the rate does not give',
      { calls: ada.calls.map((call) => ({ ...call, costKobo: call.costKobo + 100 })) },
      /cost 4\.00, its rate says 3\.00/,
    ],
  ])('at rest, finds %s', (_, changed, finding) => {
    expect(auditBooks({ ...ada, ...changed }, true).join('\n')).toMatch(finding)
  })
})

/** Entry of the sample's payment. */
const entryOf = (kind: string, amountKobo: number) => ({
  kind,
  amountKobo,
  sourceUuid: paid.uuid,
  postedAtMs: 1200,
})

/** The sample with a changed payment, and further entries of it. */
function withPayment(
  changed: Partial<PaymentRecord>,
  ...further: ReturnType<typeof entryOf>[]
): Books {
  const { books } = sampleHistory({
    ledger: (entries) => [
      ...entries,
      ...further.map((entry) => ({ ...entry, seq: 0, balanceKobo: 0 })),
    ],
    books: (own) => ({
      ...own,
      payments: own.payments.map((payment) =>
        payment.uuid === paid.uuid ? { ...payment, ...changed } : payment,
      ),
    }),
  })
  return books[0] as Books
}

describe('a payment in two attempts', () => {
  const SURPLUS = entryOf('surplus', 20_000)
  const paidTwice = (...entries: ReturnType<typeof entryOf>[]) =>
    withPayment({ paidKobo: 40_000 }, ...entries)

  it('adds up with its surplus', () => {
    expect(auditBooks(paidTwice(SURPLUS), true)).toEqual([])
  })

  it.each<[string, Books, RegExp]>([
    ['a surplus that is posted twice', paidTwice(SURPLUS, SURPLUS), /surplus more than once/],
    ['a surplus that nobody paid', withPayment({}, SURPLUS), /says 200\.00, the ledger 400\.00/],
  ])('shows %s', (_, books, finding) => {
    expect(auditBooks(books, true).join('\n')).toMatch(finding)
  })
})

describe('a refunded payment', () => {
  const refunded = (...further: ReturnType<typeof entryOf>[]): Books =>
    withPayment({ refundedKobo: 10_000 }, ...further)
  const HELD = entryOf('refund', -10_000)
  const PAID_OUT = entryOf('refund_paid', 0)

  it('adds up with its refund', () => {
    const books = refunded(HELD, PAID_OUT)
    expect(auditBooks(books, true)).toEqual([])
    expect(auditBank([books])).toEqual([])
    expect(auditPayouts([books], new Map([[paid.reference, 10_000]]))).toEqual([])
  })

  it.each<[string, Books, RegExp]>([
    ['a refund that is posted twice', refunded(HELD, PAID_OUT, HELD), /refund more than once/],
    ['a refund that nobody decided', refunded(HELD), /still under way/],
    ['a refund that the ledger lacks', refunded(), /says 100\.00, the ledger 200\.00/],
  ])('shows %s', (_, books, finding) => {
    expect(auditBooks(books, true).join('\n')).toMatch(finding)
  })

  it.each([0, 20_000])('shows a payout of %d kobo', (kobo) => {
    const payouts = new Map([[paid.reference, kobo]])
    expect(auditPayouts([refunded(HELD, PAID_OUT)], payouts)).toHaveLength(1)
  })

  it('is missing if its refund is not in the books', () => {
    const refund = { uuid: 'refund', amountKobo: 10_000, status: 'completed' }
    expect(compareWithBooks([...retold('pay-1', { refund })], [ada])).toMatchObject({
      lost: [expect.stringContaining('pay-1')],
    })
  })
})
