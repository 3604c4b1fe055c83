/** A short, correct history of one user, written by hand. */
import type { History, Operation, OperationKind, Shown } from '../linearizability/history.ts'
import type { CallRecord, LedgerEntry, PaymentRecord } from './records.ts'

export const HOLD_KOBO = 6100

const payment = (tag: string, rest: Partial<PaymentRecord>): PaymentRecord => ({
  uuid: `uuid of ${tag}`,
  tag,
  method: 'monnify',
  wallet: 'call_credits',
  status: 'completed',
  reference: `reference of ${tag}`,
  amountKobo: 0,
  paidKobo: rest.amountKobo ?? 0,
  refundedKobo: 0,
  ...rest,
})

const PAID = payment('pay-1', { amountKobo: 20_000 })
const PAID_PRIMARY = payment('pay-2', { amountKobo: 10_000, wallet: 'primary' })
const MOVED = payment('transfer-1', { amountKobo: 5000, method: 'wallet' })

const ended = (tag: string, rest: Partial<CallRecord>): CallRecord => ({
  uuid: `uuid of ${tag}`,
  tag,
  status: 'cancelled',
  costKobo: 0,
  createdAtMs: 1050,
  startedAtMs: null,
  endedAtMs: 1080,
  endReason: 'hangup',
  holdKobo: HOLD_KOBO,
  priceKobo: 0,
  ...rest,
})

export const CHARGED = ended('call-1', {
  status: 'completed',
  costKobo: 300,
  startedAtMs: 1061,
  priceKobo: 300,
})
/** Its start got no response, and it was not answered. */
export const UNKNOWN = ended('call-2', {
  createdAtMs: 1091,
  endedAtMs: 1110,
  endReason: 'no_answer',
})

/** The call as returned while it was open. */
export const open = (call: CallRecord, status: 'initiated' | 'answered'): CallRecord => ({
  ...call,
  status,
  costKobo: HOLD_KOBO,
  startedAtMs: status === 'answered' ? call.startedAtMs : null,
  endedAtMs: null,
  endReason: null,
  priceKobo: null,
})

const entry = (
  seq: number,
  kind: string,
  amountKobo: number,
  balanceKobo: number,
  sourceUuid: string,
  postedAtMs: number,
): LedgerEntry => ({ seq, kind, amountKobo, balanceKobo, sourceUuid, postedAtMs })

const CREDITS_LEDGER = [
  entry(1, 'top_up', 20_000, 20_000, PAID.uuid, 1015),
  entry(2, 'transfer_in', 5000, 25_000, MOVED.uuid, 1036),
  entry(3, 'call_charge', -300, 24_700, CHARGED.uuid, 1080),
]
const PRIMARY_LEDGER = [
  entry(1, 'top_up', 10_000, 10_000, PAID_PRIMARY.uuid, 1025),
  entry(2, 'transfer_out', -5000, 5000, MOVED.uuid, 1035),
]

type Facts = Partial<Operation> & { readonly shown?: Shown }

const asked = (
  kind: OperationKind,
  about: string,
  [invokedAtMs, endedAtMs]: readonly [number, number],
  facts: Facts,
): Omit<Operation, 'id'> => ({
  client: 1,
  user: 'ada',
  kind,
  wallet: 'call_credits',
  about,
  invokedAtMs,
  endedAtMs,
  outcome: 'ok',
  ...facts,
})

const credits = (balanceKobo: number, heldKobo: number): Shown => ({
  wallet: { uuid: 'credits', type: 'call_credits', balanceKobo, heldKobo },
})

/** Operations by their names in the tests, in order of time. */
const OPERATIONS = {
  pay: asked('pay', 'pay-1', [0, 10], { shown: { payment: { ...PAID, status: 'processing' } } }),
  verify: asked('verify', PAID.uuid, [11, 20], { shown: { payment: PAID } }),
  readPaid: asked('wallet', 'call_credits', [21, 25], { position: 2, shown: credits(20_000, 0) }),
  payPrimary: asked('pay', 'pay-2', [22, 28], { shown: { payment: PAID_PRIMARY } }),
  transfer: asked('transfer', 'transfer-1', [30, 40], {
    wallet: 'primary',
    shown: { payment: MOVED },
  }),
  readMoved: asked('wallet', 'call_credits', [41, 45], { position: 3, shown: credits(25_000, 0) }),
  start: asked('start', 'call-1', [50, 60], {
    position: 4,
    shown: { call: open(CHARGED, 'initiated') },
  }),
  answer: asked('answer', CHARGED.uuid, [61, 70], {
    position: 5,
    shown: { call: open(CHARGED, 'answered') },
  }),
  readHeld: asked('wallet', 'call_credits', [71, 75], {
    position: 5,
    shown: credits(25_000 - HOLD_KOBO, HOLD_KOBO),
  }),
  end: asked('end', CHARGED.uuid, [80, 90], {
    position: 6,
    reason: 'hangup',
    shown: { call: CHARGED },
  }),
  startUnknown: asked('start', 'call-2', [91, Infinity], { outcome: 'unknown' }),
  readRinging: asked('wallet', 'call_credits', [100, 105], {
    position: 7,
    shown: credits(24_700 - HOLD_KOBO, HOLD_KOBO),
  }),
  answerAgain: asked('answer', CHARGED.uuid, [115, 118], {
    outcome: 'refused',
    code: 'call_state_conflict',
    position: 8,
  }),
  readLast: asked('wallet', 'call_credits', [120, 125], { position: 8, shown: credits(24_700, 0) }),
  list: asked('calls', 'call_credits', [126, 130], {
    position: 8,
    shown: { calls: [UNKNOWN, CHARGED] },
  }),
  ledger: asked('ledger', 'call_credits', [131, 135], {
    position: 8,
    shown: { entries: CREDITS_LEDGER.toReversed() },
  }),
} satisfies Record<string, Omit<Operation, 'id'>>

export type OperationName = keyof typeof OPERATIONS

/** Books with another ledger that still adds up. */
function booksOf(ledger: readonly LedgerEntry[]): History['books'][number] {
  const balanceKobo = ledger.at(-1)?.balanceKobo ?? 0
  const primary = { uuid: 'primary', type: 'primary', balanceKobo: 5000, heldKobo: 0 } as const
  const call_credits = { uuid: 'credits', type: 'call_credits', balanceKobo, heldKobo: 0 } as const
  return {
    user: 'ada',
    wallets: {
      primary: { ...primary, position: 3, entries: PRIMARY_LEDGER },
      call_credits: { ...call_credits, position: 8, entries: ledger },
    },
    calls: [CHARGED, UNKNOWN],
    payments: [PAID, PAID_PRIMARY, MOVED],
  }
}

export interface Retold {
  readonly operations?: Partial<Record<OperationName, Partial<Operation>>>
  /** Entries of the `call_credits` wallet, from which the balances follow. */
  readonly ledger?: (entries: readonly LedgerEntry[]) => LedgerEntry[]
  readonly books?: (books: History['books'][number]) => History['books'][number]
}

const addedUp = (entries: readonly LedgerEntry[]): LedgerEntry[] => {
  let balanceKobo = 0
  return entries.map((entry, index) => {
    balanceKobo += entry.amountKobo
    return { ...entry, seq: index + 1, balanceKobo }
  })
}

/** Returns the sample, or a changed version of it. */
export function sampleHistory({ operations = {}, ledger, books }: Retold = {}): History {
  const told = Object.entries(OPERATIONS).map(([name, operation], id): Operation => ({
    id,
    ...operation,
    ...operations[name as OperationName],
  }))
  const kept = booksOf(addedUp(ledger?.(CREDITS_LEDGER) ?? CREDITS_LEDGER))
  return {
    limits: { maxOpenCalls: 6, holdKobo: HOLD_KOBO },
    operations: told,
    books: [books?.(kept) ?? kept],
  }
}
