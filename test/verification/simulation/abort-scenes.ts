/** Commands of a wallet, each in every situation in which it behaves differently. */
export const START_MS = Date.UTC(2126, 0, 1)
const USER = '11111111-1111-4111-8111-111111111111'
const CREDITS = `${USER}/call_credits`
const PRIMARY = `${USER}/primary`
const CALLER = { userUuid: USER, sessionUuid: 'session', tokenVersion: 0 }
const PAYMENT = '22222222-2222-4222-8222-222222222222'
const TRANSFER = '33333333-3333-4333-8333-333333333333'
const REFERENCE = `AIL-${'a'.repeat(32)}_a1`

export type Ask = readonly [name: string, method: string, ...args: unknown[]]

/** A command with its preparation. All objects then hibernate, so that waking up is aborted too. */
export interface Scene {
  readonly title: string
  readonly before: readonly (Ask | { readonly passMs: number })[]
  readonly ask: Ask
}

const RATE = {
  id: 'standard/everywhere',
  version: 2,
  koboPerMinute: 1000,
  unitKobo: 100,
  minimumSeconds: 1,
  incrementSeconds: 1,
  setupKobo: 0,
  steps: 'after_minimum',
}
const LIMITS = {
  maxOpenCalls: 5,
  starts: { kind: 'quota', name: 'calls', quota: 100, windowMs: 1000 },
  ringTimeoutMs: 60_000,
  maxDurationMs: 600_000,
}
const call = (uuid: string) => ({
  uuid,
  rate: RATE,
  recipientPhone: '+2348031234567',
  recipientName: null,
  type: 'audio',
  ticket: 'ticket',
})

const receipt = (receivedKobo: number) => ({
  paymentUuid: PAYMENT,
  reference: REFERENCE,
  expectedKobo: 5000,
  receivedKobo,
})
const initiate = (uuid: string, key?: string): Ask => [
  CREDITS,
  'initiateCall',
  CALLER,
  {
    call: call(uuid),
    limits: LIMITS,
    idempotency: key === undefined ? undefined : { key, fingerprint: 'of the request' },
  },
]
const answer: Ask = [CREDITS, 'answerCall', CALLER, 'a call', LIMITS]
const end = (reason = 'hangup'): Ask => [CREDITS, 'endCall', CALLER, 'a call', reason]
const paid: Ask = [CREDITS, 'creditPayment', receipt(5000)]
const rung = [paid, initiate('a call', 'a key')]
const talking = [...rung, answer, { passMs: 12_000 }]
const transfer = { uuid: TRANSFER, to: 'call_credits', amountKobo: 5000 }
const rich: Ask = [PRIMARY, 'creditPayment', receipt(5000)]

const COLLECTION = '44444444-4444-4444-8444-444444444444'
const ADJUSTMENT = '55555555-5555-4555-8555-555555555555'
const refund = {
  paymentUuid: PAYMENT,
  reference: REFERENCE,
  refundUuid: '66666666-6666-4666-8666-666666666666',
}
const hold: Ask = [CREDITS, 'holdRefund', { ...refund, amountKobo: 3000, isByUser: true }]
const settle = (outcome: 'completed' | 'failed'): Ask => [CREDITS, 'settleRefund', refund, outcome]
const reverse: Ask = [CREDITS, 'reversePayment', receipt(0)]
const collect = (from: string, to: string, amountKobo: number): Ask => [
  from,
  'collectDebt',
  { uuid: COLLECTION, paymentUuid: PAYMENT, to, amountKobo },
]
const sendForRefund: Ask = [
  PRIMARY,
  'sendForRefund',
  { uuid: TRANSFER, paymentUuid: PAYMENT, to: 'call_credits', amountKobo: 3000 },
]
const give: Ask = [CREDITS, 'giveGoodwill', { uuid: ADJUSTMENT, amountKobo: 700 }]
const correct = (direction: string): Ask => [
  CREDITS,
  'correct',
  { uuid: ADJUSTMENT, amountKobo: 700, direction },
]
const close: Ask = [CREDITS, 'close', { erasureUuid: ADJUSTMENT, isWaived: true }]
/** A wallet with a debt: its payment is reversed after it was spent. */
const indebted = [...talking, { passMs: 400_000 }, reverse]

const markStreamed: Ask = [CREDITS, 'markStreamed']

const ALONE: readonly Scene[] = [
  { title: 'open, for the first time', before: [], ask: [CREDITS, 'open'] },
  { title: 'view', before: talking, ask: [CREDITS, 'view', CALLER] },
  {
    title: 'view, as a call runs out',
    before: [...talking, { passMs: 400_000 }],
    ask: [CREDITS, 'view', CALLER],
  },
  { title: 'call', before: talking, ask: [CREDITS, 'call', CALLER, 'a call'] },
  { title: 'calls', before: talking, ask: [CREDITS, 'calls', CALLER, { limit: 10 }] },
  { title: 'entries', before: talking, ask: [CREDITS, 'entries', CALLER, { limit: 10 }] },
  { title: 'quoteCall', before: talking, ask: [CREDITS, 'quoteCall', CALLER, RATE, LIMITS] },
  { title: 'creditPayment', before: [], ask: paid },
  { title: 'receive too much', before: [], ask: [CREDITS, 'creditPayment', receipt(7000)] },
  { title: 'receive the rest', before: [[CREDITS, 'creditPayment', receipt(1)]], ask: paid },
  {
    title: 'receive what was paid back',
    before: [reverse],
    ask: paid,
  },
  { title: 'reversePayment', before: [paid], ask: reverse },
  { title: 'reversePayment of what is claimed', before: talking, ask: reverse },
  {
    title: 'reversePayment of what the other wallet has',
    before: [rich, ...talking],
    ask: reverse,
  },
  {
    title: 'creditPayment that pays a debt',
    before: indebted,
    ask: [CREDITS, 'creditPayment', { ...receipt(4000), reference: `${REFERENCE}0` }],
  },
  { title: 'debt', before: indebted, ask: [CREDITS, 'debt'] },
  {
    title: 'waiveDebt',
    before: indebted,
    ask: [CREDITS, 'waiveDebt', { uuid: ADJUSTMENT, amountKobo: 1 }],
  },
  { title: 'collectDebt', before: [rich], ask: collect(PRIMARY, 'call_credits', 3000) },
  {
    title: 'collectDebt again',
    before: [rich, collect(PRIMARY, 'call_credits', 3000)],
    ask: collect(PRIMARY, 'call_credits', 3000),
  },
  {
    title: 'collectDebt that is taken over',
    before: [paid],
    ask: collect(CREDITS, 'primary', 7000),
  },
  { title: 'giveGoodwill', before: [], ask: give },
  { title: 'correct, credited', before: [], ask: correct('credit') },
  { title: 'correct, credited to a debt', before: indebted, ask: correct('credit') },
  { title: 'correct, debited', before: talking, ask: correct('debit') },
  { title: 'correct, debited again', before: [paid, correct('debit')], ask: correct('debit') },
  { title: 'correct, without money', before: [], ask: correct('debit') },
  { title: 'holdRefund', before: [paid, give], ask: hold },
  { title: 'holdRefund of too much', before: [...talking, { passMs: 400_000 }], ask: hold },
  { title: 'holdRefund again', before: [paid, hold], ask: hold },
  { title: 'sendForRefund', before: [rich], ask: sendForRefund },
  { title: 'settleRefund that was paid', before: [paid, hold], ask: settle('completed') },
  { title: 'settleRefund that failed', before: [paid, hold], ask: settle('failed') },
  {
    title: 'settleRefund that failed after it was paid',
    before: [paid, hold, settle('completed')],
    ask: settle('failed'),
  },
  { title: 'freeze', before: talking, ask: [CREDITS, 'freeze'] },
  { title: 'unfreeze', before: [...talking, [CREDITS, 'freeze']], ask: [CREDITS, 'unfreeze'] },
  { title: 'close', before: talking, ask: close },
  { title: 'close again', before: [...talking, close, give], ask: close },
  { title: 'initiateCall', before: [paid], ask: initiate('a call') },
  { title: 'initiateCall with a key', before: [paid], ask: initiate('a call', 'a key') },
  { title: 'initiateCall again', before: rung, ask: initiate('another call', 'a key') },
  { title: 'initiateCall without credit', before: [], ask: initiate('a call', 'a key') },
  { title: 'answerCall', before: rung, ask: answer },
  { title: 'answerCall too late', before: [...rung, { passMs: 61_000 }], ask: answer },
  { title: 'endCall', before: talking, ask: end() },
  { title: 'endCall while it rings', before: rung, ask: end('declined') },
  { title: 'endCall again', before: [...talking, end()], ask: end() },
  { title: 'endCall after it ran out', before: [...talking, { passMs: 400_000 }], ask: end() },
  { title: 'sendTransfer', before: [rich], ask: [PRIMARY, 'sendTransfer', transfer] },
  { title: 'sendTransfer without money', before: [], ask: [PRIMARY, 'sendTransfer', transfer] },
  {
    title: 'sendTransfer again',
    before: [rich, [PRIMARY, 'sendTransfer', transfer]],
    ask: [PRIMARY, 'sendTransfer', transfer],
  },
  { title: 'acceptTransfer', before: [], ask: [CREDITS, 'acceptTransfer', transfer] },
  {
    title: 'transfer',
    before: [rich, [PRIMARY, 'sendTransfer', transfer]],
    ask: [PRIMARY, 'transfer', TRANSFER],
  },
  { title: 'alarm, to copy', before: talking, ask: [CREDITS, 'alarm'] },
  {
    title: 'alarm, to end a call',
    before: [...talking, { passMs: 400_000 }],
    ask: [CREDITS, 'alarm'],
  },
  {
    title: 'alarm, to forget keys',
    before: [...talking, { passMs: 200_000_000 }],
    ask: [CREDITS, 'alarm'],
  },
  {
    title: 'revokeTokens of a session',
    before: rung,
    ask: [CREDITS, 'revokeTokens', { sessionUuid: 'another', untilMs: START_MS + 1e9 }],
  },
  {
    title: 'revokeTokens of a version',
    before: rung,
    ask: [CREDITS, 'revokeTokens', { minVersion: 0 }],
  },
]

/** Scenes whose command may have events, in a wallet whose events reach a stream. */
const streamed: readonly Scene[] = ALONE.filter(({ ask: [name, method] }) =>
  ['initiateCall', 'answerCall', 'endCall', 'freeze', 'unfreeze', 'close', 'view', 'alarm'].some(
    (emitting) => name === CREDITS && method === emitting,
  ),
).map(({ title, before, ask }) => ({
  title: `${title}, streamed`,
  before: [markStreamed, ...before],
  ask,
}))

export const SCENES: readonly Scene[] = [
  ...ALONE,
  ...streamed,
  { title: 'markStreamed, for the first time', before: [], ask: markStreamed },
  { title: 'markStreamed of an old wallet', before: talking, ask: markStreamed },
  { title: 'markStreamed again', before: [markStreamed, ...talking], ask: markStreamed },
  {
    title: 'markStreamed, as a call runs out',
    before: [...talking, { passMs: 400_000 }],
    ask: markStreamed,
  },
]
