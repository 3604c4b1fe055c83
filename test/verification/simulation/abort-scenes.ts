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

export const SCENES: readonly Scene[] = [
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
    before: [[CREDITS, 'reversePayment', receipt(0)]],
    ask: paid,
  },
  { title: 'reversePayment', before: [paid], ask: [CREDITS, 'reversePayment', receipt(0)] },
  {
    title: 'reversePayment of what is claimed',
    before: talking,
    ask: [CREDITS, 'reversePayment', receipt(0)],
  },
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
