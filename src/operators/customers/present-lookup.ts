/** JSON of a lookup: amounts in naira, no secrets, and phone numbers masked. */
import { presentCharge, presentRate } from '../../calls/price-schemas'
import { kobo, toNairaNumber } from '../../common/money'
import { presentPayment } from '../../payments/schemas'
import type { Payment } from '../../payments/store'
import type { Refund } from '../../refunds/store'
import { type Entry, walletGainKobo } from '../../wallets/core/ledger'
import type { WalletInspection } from '../../wallets/object/inspection'
import type { QueriedAttempt, Lookup, PaymentLookup } from './lookup'
import { maskPhone } from './mask'
import { toTime, toTimeOrNull } from '../../common/text/time'

const presentAttempt = ({ reference, transaction, finding }: QueriedAttempt) => ({
  reference,
  monnify:
    finding === undefined ? 'could not be queried' : (transaction?.status ?? 'unknown to Monnify'),
  received: transaction ? toNairaNumber(transaction.amountPaidKobo) : null,
  currency: transaction?.currency ?? null,
  finding: finding?.kind ?? null,
})

const presentRefundCase = (refund: Refund) => ({
  uuid: refund.uuid,
  amount: toNairaNumber(refund.amountKobo),
  status: refund.status,
  method: refund.method,
  reference: refund.reference,
  operator: refund.operator,
  failure_reason: refund.failureReason,
  next_tried_at: toTimeOrNull(refund.nextTryAtMs),
  created_at: toTime(refund.createdAtMs),
  completed_at: toTimeOrNull(refund.completedAtMs),
})

/** A description is the customer's own text, and may name people. The checkout shows the payer's data. */
const withoutText = (payment: Payment) => ({
  ...presentPayment(payment),
  description: undefined,
  checkout_url: undefined,
})

const presentDetails = ({ payment, attempts, refunds, events, exceptions }: PaymentLookup) => ({
  ...withoutText(payment),
  next_asked_at: toTimeOrNull(payment.nextPollAtMs),
  next_checked_at: toTimeOrNull(payment.nextCheckAtMs),
  attempts: attempts.map(presentAttempt),
  attempts_total: payment.attempt,
  refunds: refunds.map(presentRefundCase),
  webhooks_total: events.total,
  webhooks: events.rows.map((event) => ({
    event: event.eventType,
    reference: event.paymentReference,
    verdict: event.outcome ?? 'not processed',
    times_received: event.timesReceived,
    received_at: toTime(event.receivedAtMs),
    last_tried_at: toTime(event.triedAtMs),
  })),
  exceptions_total: exceptions.total,
  exceptions: exceptions.rows.map(
    ({ kind, subject, amountKobo, firstAtMs, lastAtMs, count, state }) => ({
      kind,
      reference: subject,
      amount: amountKobo === null ? null : toNairaNumber(kobo(amountKobo)),
      state,
      count,
      noted_at: toTime(firstAtMs),
      last_noted_at: toTime(lastAtMs),
    }),
  ),
})

const presentEntry = ({
  seq,
  kind,
  from,
  to,
  amountKobo,
  balanceKobo,
  reference,
  postedAtMs,
}: Entry) => ({
  seq,
  kind,
  amount: toNairaNumber(walletGainKobo({ from, to, amountKobo })),
  balance: toNairaNumber(balanceKobo),
  reference,
  posted_at: toTime(postedAtMs),
})

const presentInspectedCall = (call: WalletInspection['calls'][number]) => ({
  uuid: call.uuid,
  status: call.status,
  end_reason: call.endReason,
  recipient: maskPhone(call.recipientPhone),
  rate: presentRate(call.rate),
  created_at: toTime(call.createdAtMs),
  started_at: toTimeOrNull(call.startedAtMs),
  ended_at: toTimeOrNull(call.endedAtMs),
  must_end_by: toTimeOrNull(call.mustEndByMs),
  held: toNairaNumber(call.holdKobo),
  cost: toNairaNumber(call.costKobo),
  charge: presentCharge(call),
})

const presentWalletCase = (wallet: WalletInspection) => ({
  uuid: wallet.uuid,
  type: wallet.type,
  posted: toNairaNumber(wallet.postedKobo),
  balance: toNairaNumber(wallet.availableKobo),
  held: toNairaNumber(wallet.heldKobo),
  debt: toNairaNumber(wallet.debtKobo),
  goodwill: toNairaNumber(wallet.goodwillKobo),
  frozen_at: toTimeOrNull(wallet.frozenAtMs),
  created_at: toTime(wallet.createdAtMs),
  change: wallet.revision,
  copied_to_d1: wallet.projectedRevision,
  entries_total: wallet.entriesTotal,
  entries: wallet.entries.map(presentEntry),
  calls: wallet.calls.map(presentInspectedCall),
})

export const presentLookup = ({ user, payments, paymentsTotal, wallets }: Lookup) => ({
  user: user
    ? {
        uuid: user.uuid,
        created_at: toTime(user.createdAtMs),
        disabled_at: toTimeOrNull(user.disabledAtMs),
        frozen_at: toTimeOrNull(user.frozenAtMs),
      }
    : null,
  payments_total: paymentsTotal,
  payments: payments.map(presentDetails),
  wallets: wallets.map(presentWalletCase),
})
