/**
 * Refunds at Monnify. A response to an order never proves that money was paid: only a query does. This module never
 * repeats an order, because the caller must query first.
 */
import { z } from 'zod'
import { logEvent } from '../../common/log'
import { type Kobo, toNairaNumber } from '../../common/money'
import { ok, type Result } from '../../common/result'
import {
  amountSchema,
  type Answer,
  type Call,
  gatewayText,
  unavailable,
  unreadable,
} from './requests'

export interface RefundOrder {
  /** Our reference: new for each refund, and the same for each retry of it. */
  readonly refundReference: string
  /** Monnify's reference of the payment. */
  readonly transactionReference: string
  readonly amountKobo: Kobo
  /** Internal reason, truncated at 64 characters. */
  readonly reason: string
  /** Narration at the payer's bank, truncated at 16 characters. */
  readonly note: string
  /** Account that receives the refund; by default the one that paid. Required if that is a virtual account. */
  readonly destination?: { readonly accountNumber: string; readonly bankCode: string }
}

export interface GatewayRefund {
  readonly refundReference: string
  readonly transactionReference: string
  readonly amountKobo: Kobo
  readonly status: 'completed' | 'failed' | 'open'
}

/**
 * `accepted`: Monnify has the order. `rejected`: Monnify will never pay it. `wait`: Monnify did not accept it now;
 * retry later with the same reference. `unclear`: Monnify may have the order; query it.
 */
export type RefundOrdered =
  | { readonly kind: 'accepted' }
  | { readonly kind: 'rejected'; readonly code: string }
  | { readonly kind: 'wait'; readonly code: string }
  | { readonly kind: 'unclear' }

export interface RefundGateway {
  orderRefund(order: RefundOrder): Promise<RefundOrdered>
  /**
   * Returns `undefined` if Monnify does not know the reference. Refuses `gateway_unavailable` without a usable
   * response, and if the response is about another refund.
   */
  queryRefund(refundReference: string): Promise<Result<GatewayRefund | undefined>>
  /**
   * Returns the merchant's refunds, newest first, with those made in the dashboard. Skips items that cannot be
   * read. Refuses `gateway_unavailable` without a usable response.
   * @param page from 0
   * @param size at most 50, so that a response stays below the size limit
   */
  listRefunds(page: number, size: number): Promise<Result<readonly GatewayRefund[]>>
}

const PATH = '/api/v1/refunds'
const MAX_REASON_LENGTH = 64
const MAX_NOTE_LENGTH = 16

const REJECTED = new Set(['R1', 'R2', 'R3', 'R4', 'R6', 'R8', 'R12'])

/** Translates Monnify's code for an order. R9 proves that an earlier request with the reference arrived. */
export function interpretRefundCode(code: string): RefundOrdered {
  if (code === '0' || code === 'R9') return { kind: 'accepted' }
  if (code === 'R7') return { kind: 'unclear' }
  return { kind: REJECTED.has(code) ? 'rejected' : 'wait', code }
}

function interpretOrder({ status, envelope }: Answer): RefundOrdered {
  if (!envelope || status >= 500) return { kind: 'unclear' }
  const { requestSuccessful, responseCode } = envelope
  const code = responseCode ?? (requestSuccessful ? '0' : undefined)
  if (code === undefined || requestSuccessful !== (code === '0')) return { kind: 'unclear' }
  return interpretRefundCode(code)
}

const refundSchema = z
  .object({
    refundReference: gatewayText,
    transactionReference: gatewayText,
    refundAmount: amountSchema,
    refundStatus: gatewayText,
  })
  .transform(({ refundAmount, refundStatus, ...references }): GatewayRefund => ({
    ...references,
    amountKobo: refundAmount,
    status: statusOf(refundStatus),
  }))

/** Monnify's page object, or an array of its items. */
const pageSchema = z.union([
  z.array(z.unknown()),
  z.object({ content: z.array(z.unknown()) }).transform(({ content }) => content),
])

function statusOf(refundStatus: string): GatewayRefund['status'] {
  if (refundStatus === 'COMPLETED' || refundStatus === 'REFUNDED') return 'completed'
  return refundStatus === 'FAILED' ? 'failed' : 'open'
}

/** Truncates at `length` UTF-16 units, which Monnify counts, without dividing a character. */
function truncate(text: string, length: number): string {
  let kept = ''
  for (const character of text) {
    if (kept.length + character.length > length) break
    kept += character
  }
  return kept
}

export function createRefunds(call: Call): RefundGateway {
  return {
    async orderRefund({ refundReference, transactionReference, amountKobo, ...order }) {
      const { reason, note, destination } = order
      const called = await call('refund_order', 'POST', `${PATH}/initiate-refund`, {
        transactionReference,
        refundReference,
        refundAmount: toNairaNumber(amountKobo),
        refundReason: truncate(reason, MAX_REASON_LENGTH),
        customerNote: truncate(note, MAX_NOTE_LENGTH),
        ...(destination && {
          destinationAccountNumber: destination.accountNumber,
          destinationAccountBankCode: destination.bankCode,
        }),
      })
      return called.ok ? interpretOrder(called.value) : { kind: 'unclear' }
    },

    async queryRefund(refundReference) {
      const path = `${PATH}/${encodeURIComponent(refundReference)}`
      const called = await call('refund_query', 'GET', path)
      if (!called.ok) return called
      const { status, envelope } = called.value
      if (!envelope || status >= 500) return unavailable('refund_query', `status ${status}`)
      if (!envelope.requestSuccessful) {
        const isUnknown = envelope.responseCode === 'R7' || status === 404
        return isUnknown ? ok(undefined) : unavailable('refund_query', `status ${status}`)
      }
      const refund = refundSchema.safeParse(envelope.responseBody)
      if (!refund.success) return unreadable('refund_query', `status ${status}`)
      return refund.data.refundReference === refundReference
        ? ok(refund.data)
        : unreadable('refund_query', 'the response has another reference')
    },

    async listRefunds(page, size) {
      const search = new URLSearchParams({ page: String(page), size: String(size) })
      const called = await call('refund_list', 'GET', `${PATH}?${search.toString()}`)
      if (!called.ok) return called
      const { status, envelope } = called.value
      if (!envelope?.requestSuccessful) return unavailable('refund_list', `status ${status}`)
      const items = pageSchema.safeParse(envelope.responseBody)
      if (!items.success) return unreadable('refund_list', `status ${status}`)
      return ok(items.data.flatMap(readableRefund))
    },
  }
}

/** Logs an item that cannot be read, so that it does not hide the others. */
function readableRefund(item: unknown): GatewayRefund[] {
  const refund = refundSchema.safeParse(item)
  if (refund.success) return [refund.data]
  const fields = refund.error.issues.map(({ path }) => path.join('.'))
  logEvent('refund_unreadable', { step: 'refund_list', reason: fields.join(', ') })
  return []
}
