/** One payment in memory, with fake dependencies that record each effect in order, and can fail. */
import { kobo, ZERO } from '../../src/common/money'
import { ok, refuse, type Result } from '../../src/common/result'
import type { GatewayTransaction } from '../../src/payments/core/payment'
import type { PaymentDeps } from '../../src/payments/service'
import type { CheckStore } from '../../src/payments/check-store'
import type { EventDeps } from '../../src/payments/events'
import type { News, OpenEvent, Payment, PaymentStore } from '../../src/payments/store'

export const NOW = Date.parse('2126-03-14T10:00:00.000Z')

export const paymentRow = (rest: Partial<Payment> = {}): Payment => ({
  uuid: '00000000-0000-4000-8000-000000000000',
  userUuid: 'a-user',
  method: 'monnify',
  walletType: 'call_credits',
  amountKobo: kobo(100_000),
  description: null,
  status: 'pending',
  reference: `AIL-${'a'.repeat(32)}`,
  attempt: 1,
  attemptBeganAtMs: NOW,
  monnifyReference: null,
  checkoutUrl: null,
  amountPaidKobo: ZERO,
  creditedEntrySeq: 0,
  failureReason: null,
  nextPollAtMs: NOW,
  polls: 0,
  idempotencyKey: null,
  fingerprint: null,
  createdAtMs: NOW,
  completedAtMs: null,
  refundedKobo: ZERO,
  refundedEntrySeq: 0,
  nextCheckAtMs: null,
  noticedAtMs: null,
  noticeCause: null,
  knownAtMs: null,
  ...rest,
})

const noticed = ({ cause: noticeCause, nowMs: noticedAtMs, pollAtMs }: News) => ({
  noticedAtMs,
  noticeCause,
  nextPollAtMs: pollAtMs,
})

interface Parts {
  readonly payment?: Partial<Payment>
  /** Number of due payments that a sweep finds; each is the one in memory. */
  readonly due?: number
  readonly events?: readonly OpenEvent[]
  /** Monnify's response for a reference. */
  readonly says?: (reference: string) => Promise<Result<GatewayTransaction | undefined>>
  /** Response of a wallet. */
  readonly wallet?: () => Promise<unknown>
  /** Called before each effect; throws to make it fail. */
  readonly before?: (effect: string) => void
}

export const transactionOf = (
  paymentReference: string,
  rest: Partial<GatewayTransaction> = {},
): GatewayTransaction => ({
  transactionReference: `MNFY|${paymentReference}`,
  paymentReference,
  status: 'PENDING',
  amountPaidKobo: ZERO,
  currency: 'NGN',
  ...rest,
})

/** @returns dependencies that record each effect as `[name, ...arguments]` */
export function recordedPayments(parts: Parts = {}) {
  const { due = 0, events = [], says = async (named) => ok(transactionOf(named)) } = parts
  const effects: (readonly [name: string, ...given: unknown[]])[] = []
  const state = { nowMs: NOW, payment: paymentRow(parts.payment) }
  const note = (name: string, ...given: unknown[]) => {
    effects.push([name, ...given])
    parts.before?.(name)
  }
  const change = (to: Partial<Payment>) => {
    state.payment = { ...state.payment, ...to }
  }
  const paymentStore: PaymentStore = {
    insertOnce: async () => state.payment,
    byUuid: async () => state.payment,
    byReference: async () => state.payment,
    list: async () => [state.payment],
    beginAttempt: async (_, claim) => {
      note('beginAttempt', claim)
      change({ attempt: state.payment.attempt + 1, nextPollAtMs: claim.nextPollAtMs })
      return state.payment
    },
    openCheckout: async (_, attempt, { checkoutUrl }) => {
      note('openCheckout', attempt)
      change({ checkoutUrl, status: 'processing' })
      return state.payment
    },
    failAttempt: async (_, attempt, reason) => {
      note('failAttempt', attempt, reason)
    },
    move: async (_, from, to) => {
      note('move', from, to)
      const isThere = from.includes(state.payment.status)
      if (isThere) change(to)
      return isThere
    },
    updateStatus: async (_, marks) => {
      note('mark', marks)
      change(marks)
      return true
    },
    beginPoll: async (_, next) => {
      note('beginPoll', next.nextPollAtMs)
      change(next)
      return true
    },
    notice: async (news) => {
      note('notice', news.cause)
      change(noticed(news))
      return true
    },
    endNotice: async () => {
      note('endNotice')
      change({ noticedAtMs: null, noticeCause: null })
      return true
    },
    setNextPoll: async (_, nextPollAtMs) => {
      note('setNextPoll', nextPollAtMs)
      change({ nextPollAtMs })
    },
    listDueForPoll: async (beforeMs, limit) => {
      note('listDueForPoll', beforeMs, limit)
      const { reference, userUuid } = state.payment
      return Array.from({ length: due }, () => ({ reference, userUuid }))
    },
    sharedMonnifyReferences: async () => [],
    recordEvent: async (event, news) => {
      note('recordEvent', event.nextTryAtMs)
      if (news) change(noticed(news))
    },
    eventByHash: async () => undefined,
    recordOutcome: async (_, outcome) => note('recordOutcome', outcome),
    recordTry: async (event, triedAtMs, nextTryAtMs) =>
      note('recordTry', event.tries, triedAtMs, nextTryAtMs),
    openEvents: async (nowMs, limit) => {
      note('openEvents', nowMs, limit)
      return [...events]
    },
  }
  const checkStore: CheckStore = {
    listDueForCheck: async () => [],
    moveCheck: async (_, nextCheckAtMs) => {
      note('moveCheck', nextCheckAtMs)
      return true
    },
    makeCheckDue: async (uuid) => note('makeCheckDue', uuid),
    makeChecksDue: async (references) => {
      note('makeChecksDue', references)
      return [...references]
    },
    byMonnifyReference: async () => state.payment,
    recordGatewayRefund: async ({ refundReference, amountKobo }) => {
      note('recordGatewayRefund', refundReference, amountKobo)
      return true
    },
    knownGatewayRefunds: async () => new Map(),
    gatewayRefundedKobo: async () => ZERO,
    refundsOf: async () => ({
      gatewayKobo: ZERO,
      paidKobo: ZERO,
      orderedKobo: ZERO,
      isRequested: false,
    }),
    recordRefunded: async (_, refundedKobo) => note('recordRefunded', refundedKobo),
  }
  const deps: PaymentDeps & EventDeps = {
    paymentStore,
    checkStore,
    refundGateway: {
      orderRefund: async () => ({ kind: 'unclear' }),
      queryRefund: async () => ok(undefined),
      listRefunds: async () => ok([]),
    },
    confirmRefund: async (reference) => {
      note('confirmRefund', reference)
      return ok(null)
    },
    recordSettlement: async ({ reference }) => note('recordSettlement', reference),
    exceptionStore: {
      record: async ({ kind, subject, amountKobo }) => note('exception', kind, subject, amountKobo),
      recorded: async () => new Set(),
      about: async () => ({ rows: [], total: 0 }),
      list: async () => [],
      act: async () => refuse({ code: 'not_found' }),
    },
    gateway: {
      initialise: async ({ paymentReference }) => {
        note('initialise', paymentReference)
        return ok({ transactionReference: 'MNFY|1', checkoutUrl: 'https://sdk.monnify.com/1' })
      },
      query: async (reference) => {
        note('query', reference)
        return says(reference)
      },
    },
    wallets: {
      send: ({ type }) => {
        note('wallet', type)
        return (parts.wallet ?? (() => Promise.reject(new Error('no wallet'))))() as Promise<never>
      },
    },
    now: () => state.nowMs,
    startPoller: async (reference, atMs) => note('start poller', reference, atMs),
    wait: async (ms) => note('wait', ms),
    deliverMail: () => undefined,
    checkPayer: async () => ok(null),
    issueReceipt: (id) => note('issue receipt', id),
    customerOf: async () => ({ name: 'Ngozi Example', email: 'ngozi@example.com' }),
  }
  const named = (name: string) => effects.filter(([effect]) => effect === name)
  return { deps, effects, state, named, names: () => effects.map(([name]) => name) }
}
