/** Items of a timeline, without personal data. Pure. */
import { formatNaira, toNairaNumber } from '../../../common/money'
import { attemptReference } from '../../../payments/core/references'
import type { Payment } from '../../../payments/store'
import type { Refund } from '../../../refunds/store'
import { type Entry, walletGainKobo } from '../../../wallets/core/ledger'
import { wholeSeconds } from '../../../wallets/core/metering'
import type { CallView, EntryView, WalletType } from '../../../wallets/core/wallet'
import type { TimelineItem } from '../../desk-types'
import { maskEmail, maskName, maskPhone } from '../mask'
import type { Placed } from './merge'
import type { ActionRow, AnswerRow, EventRow, MessageOfCustomer, SessionRow } from './store'
import { toTime, toTimeOrNull } from '../../../common/text/time'

type PlacedItem = Placed<TimelineItem>
type Fact = readonly [name: string, value: string | number | null]

/** Omits facts without a value. */
const factsOf = (...facts: Fact[]): TimelineItem['facts'] =>
  facts.flatMap(([name, value]) => (value === null || value === '' ? [] : [[name, String(value)]]))

export const paymentItem = (payment: Payment): PlacedItem => {
  const isMonnify = payment.method === 'monnify'
  return {
    position: [payment.createdAtMs, 'payment', payment.uuid],
    item: {
      at: toTime(payment.createdAtMs),
      kind: 'payment',
      id: payment.uuid,
      title: payment.status,
      amount: toNairaNumber(payment.amountKobo),
      facts: factsOf(
        ['Reference', payment.reference],
        ['Method', payment.method],
        ['Wallet', payment.walletType],
        ['Credited', formatNaira(payment.amountPaidKobo)],
        ['Refunded', payment.refundedKobo === 0 ? null : formatNaira(payment.refundedKobo)],
        ['Reason', payment.failureReason],
        ['Completed', toTimeOrNull(payment.completedAtMs)],
      ),
      actions: [
        ...(isMonnify ? ['poll'] : []),
        ...(isMonnify && payment.amountPaidKobo > 0 ? ['refund'] : []),
        ...(isMonnify && payment.status === 'completed' ? ['receipt'] : []),
      ],
    },
  }
}

/** Stored facts of Monnify's last response about a payment. */
export const gatewayItem = ({ payment, atMs }: AnswerRow): PlacedItem => ({
  position: [atMs, 'gateway', payment.uuid],
  item: {
    at: toTime(atMs),
    kind: 'gateway',
    id: attemptReference(payment),
    title: payment.status,
    amount: payment.amountPaidKobo === 0 ? null : toNairaNumber(payment.amountPaidKobo),
    facts: factsOf(
      ['Payment', payment.uuid],
      ['Attempt', payment.attempt],
      ['Attempt began', toTimeOrNull(payment.attemptBeganAtMs)],
      ['Monnify reference', payment.monnifyReference],
      ['Unconfirmed news', toTimeOrNull(payment.noticedAtMs)],
      ['Next poll', toTimeOrNull(payment.nextPollAtMs)],
      ['Next check', toTimeOrNull(payment.nextCheckAtMs)],
    ),
    actions: ['poll'],
  },
})

export const webhookItem = (event: EventRow): PlacedItem => ({
  position: [event.receivedAtMs, 'webhook', event.bodyHash],
  item: {
    at: toTime(event.receivedAtMs),
    kind: 'webhook',
    id: event.bodyHash,
    title: event.eventType ?? 'unreadable',
    amount: null,
    facts: factsOf(
      ['Reference', event.paymentReference],
      ['Outcome', event.outcome ?? 'not processed'],
      ['Times received', event.timesReceived],
      ['Last tried', toTime(event.triedAtMs)],
      ['Next try', toTimeOrNull(event.nextTryAtMs)],
    ),
    actions: event.hasBody ? ['replay'] : [],
  },
})

export const entryItem = (entry: Entry | EntryView, type: WalletType): PlacedItem => ({
  position: [entry.postedAtMs, `entry_${type}`, entry.seq],
  item: {
    at: toTime(entry.postedAtMs),
    kind: 'entry',
    id: entry.reference,
    title: entry.kind,
    amount: toNairaNumber(walletGainKobo(entry)),
    facts: factsOf(
      ['Wallet', type],
      ['Balance', formatNaira(entry.balanceKobo)],
      ['Source', entry.sourceUuid],
      [
        'Recipient',
        'recipientPhone' in entry && entry.recipientPhone !== null
          ? maskPhone(entry.recipientPhone)
          : null,
      ],
    ),
    actions: [],
  },
})

export function callItem(call: CallView): PlacedItem {
  const { startedAtMs, endedAtMs } = call
  const isOpen = endedAtMs === null
  return {
    position: [call.createdAtMs, 'call', call.seq],
    item: {
      at: toTime(call.createdAtMs),
      kind: 'call',
      id: call.uuid,
      title: call.status,
      amount: toNairaNumber(call.costKobo),
      facts: factsOf(
        ['Recipient', maskPhone(call.recipientPhone)],
        ['Name', maskName(call.recipientName)],
        ['Type', call.type],
        ['Started', toTimeOrNull(startedAtMs)],
        ['Ended', toTimeOrNull(endedAtMs)],
        ['Seconds', startedAtMs === null || isOpen ? null : wholeSeconds(startedAtMs, endedAtMs)],
        ['End reason', call.endReason],
        ['Must end by', toTimeOrNull(call.mustEndByMs)],
        ['Rate', `${formatNaira(call.rate.koboPerMinute)} a minute`],
      ),
      actions: [...(isOpen ? ['end'] : []), ...((call.chargeKobo ?? 0) > 0 ? ['receipt'] : [])],
    },
  }
}

export const refundItem = (refund: Refund): PlacedItem => ({
  position: [refund.createdAtMs, 'refund', refund.uuid],
  item: {
    at: toTime(refund.createdAtMs),
    kind: 'refund',
    id: refund.uuid,
    title: refund.status,
    amount: toNairaNumber(refund.amountKobo),
    facts: factsOf(
      ['Reference', refund.reference],
      ['Payment', refund.paymentUuid],
      ['Method', refund.method],
      ['Requested by', refund.operator === null ? 'customer' : 'operator'],
      ['Reason of the failure', refund.failureReason],
      ['Next try', toTimeOrNull(refund.nextTryAtMs)],
      ['Completed', toTimeOrNull(refund.completedAtMs)],
    ),
    actions: [],
  },
})

export function sessionItem(session: SessionRow, nowMs: number): PlacedItem {
  const isExpired = session.expiresAtMs <= nowMs
  return {
    position: [session.createdAtMs, 'session', session.uuid],
    item: {
      at: toTime(session.createdAtMs),
      kind: 'session',
      id: session.uuid,
      title: session.revokedAtMs !== null ? 'ended' : isExpired ? 'expired' : 'live',
      amount: null,
      facts: factsOf(
        ['Device', session.device],
        ['Place', session.place],
        ['Last used', toTime(session.lastUsedAtMs)],
        ['Ended', toTimeOrNull(session.revokedAtMs)],
      ),
      actions: [],
    },
  }
}

export const messageItem = (message: MessageOfCustomer): PlacedItem => ({
  position: [message.createdAtMs, 'message', message.id],
  item: {
    at: toTime(message.createdAtMs),
    kind: 'message',
    id: message.id,
    title: message.kind,
    amount: null,
    facts: factsOf(
      ['State', message.state],
      ['Attempts', message.attempts],
      ['Sent', toTimeOrNull(message.sentAtMs)],
      ['Recipient', message.recipient === null ? null : maskEmail(message.recipient)],
    ),
    actions: [],
  },
})

const wordsOf = (name: string): string =>
  `${name.charAt(0).toUpperCase()}${name.slice(1)}`.replaceAll('_', ' ')

/** Facts of the log after an action, without nested ones. @param after JSON object */
const factsAfter = (after: string | null): Fact[] =>
  Object.entries(JSON.parse(after ?? '{}') as Record<string, unknown>).flatMap(([name, value]) =>
    typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
      ? [[wordsOf(name), String(value)] as const]
      : [],
  )

export const actionItem = (action: ActionRow): PlacedItem => ({
  position: [action.atMs, 'action', action.seq],
  item: {
    at: toTime(action.atMs),
    kind: 'action',
    id: String(action.seq),
    title: action.action,
    amount: null,
    facts: factsOf(
      ['Outcome', action.outcome],
      ['Operator', action.operatorName ?? action.operatorUuid],
      ['Reason', action.reason],
      ...factsAfter(action.after),
    ),
    actions: [],
  },
})
