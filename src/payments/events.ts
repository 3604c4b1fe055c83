/**
 * Processes Monnify's events. An event only names what to query: payments and refunds are confirmed at Monnify, and a
 * settlement makes a check of each of its payments due.
 */
import { z } from 'zod'
import { ok, refuse, type Result } from '../common/result'
import { type ConfirmDeps, confirmPayment } from './confirm'
import { isOurs, isOwnRefund } from './core/references'
import { readSettlement, type ReportedSettlement } from './monnify/settlements'
import { attemptOfTransaction, recordFailedRefunds, recordGatewayRefund } from './gateway-refunds'

export interface EventDeps extends ConfirmDeps {
  /** Confirms a refund that the service ordered. Refuses `not_found` and `gateway_unavailable`. */
  readonly confirmRefund: (refundReference: string) => Promise<Result<unknown>>
  /** Stores a settlement, and reads its transactions at Monnify now or later. A repeat is harmless. */
  readonly recordSettlement: (settlement: ReportedSettlement) => Promise<void>
}

/** Maximum transactions of a settlement. The payments of the others are checked at their usual ages. */
const MAX_SETTLED = 5000
/** Maximum transactions that one settlement queries at Monnify, and exceptions that it can open. */
const MAX_UNKNOWN = 50

const reference = z.string().trim().min(1).max(255).optional().catch(undefined)

const eventSchema = z.object({
  eventType: z.string().max(100),
  eventData: z
    .object({
      paymentReference: reference,
      transactionReference: reference,
      refundReference: reference,
      settlementReference: reference,
      transactions: z
        .array(z.object({ transactionReference: reference }).catch({}))
        .catch([])
        .default([]),
    })
    .catch({ transactions: [] }),
})

export type GatewayEvent = z.infer<typeof eventSchema> & {
  readonly settlement?: ReportedSettlement | undefined
}

export type EventOutcome =
  | 'settled'
  | 'unchanged'
  | 'checks_due'
  | 'unknown_reference'
  | 'not_ours'
  | 'ignored'

const PAYMENT_EVENTS = new Set(['SUCCESSFUL_TRANSACTION', 'REJECTED_PAYMENT'])
const REFUND_EVENTS = new Set(['SUCCESSFUL_REFUND', 'FAILED_REFUND'])

export function parseEvent(text: string): GatewayEvent | undefined {
  try {
    const json: unknown = JSON.parse(text)
    const event = eventSchema.safeParse(json).data
    const { eventData } = json as { eventData?: unknown }
    return event?.eventType === 'SETTLEMENT'
      ? { ...event, settlement: readSettlement(eventData) }
      : event
  } catch {
    return undefined
  }
}

/** Reference by which an event is stored and retried; `null` for an event that is ignored. */
export function referenceOf({ eventType, eventData }: GatewayEvent): string | null {
  const { paymentReference, transactionReference, settlementReference } = eventData
  if (PAYMENT_EVENTS.has(eventType)) return paymentReference ?? transactionReference ?? null
  if (REFUND_EVENTS.has(eventType)) return transactionReference ?? paymentReference ?? null
  return eventType === 'SETTLEMENT' ? (settlementReference ?? null) : null
}

/** Our reference of a payment that the event reports as paid. */
export function paidReference({ eventType, eventData }: GatewayEvent): string | undefined {
  const { paymentReference } = eventData
  const isPaid = eventType === 'SUCCESSFUL_TRANSACTION' && paymentReference !== undefined
  return isPaid && isOurs(paymentReference) ? paymentReference : undefined
}

/**
 * Processes an event that has a reference; a repeat is harmless. Refuses `gateway_unavailable` if Monnify could not
 * be queried, or does not yet know the outcome of a refund.
 */
export async function processEvent(
  deps: EventDeps,
  { eventType, eventData, settlement }: GatewayEvent,
): Promise<Result<EventOutcome>> {
  const { paymentReference, transactionReference, refundReference, transactions } = eventData
  if (settlement) await deps.recordSettlement(settlement)
  if (eventType === 'SETTLEMENT')
    return makeChecksDue(
      deps,
      transactions.flatMap((settled) => settled.transactionReference ?? []),
    )
  if (refundReference !== undefined && REFUND_EVENTS.has(eventType))
    return processRefund(deps, refundReference)
  if (paymentReference !== undefined) return processPayment(deps, paymentReference)
  if (transactionReference === undefined) return ok('ignored')
  const attempt = await attemptOfTransaction(deps, transactionReference)
  if (!attempt.ok) return attempt
  return processPayment(deps, attempt.value ?? transactionReference)
}

/** Confirms a payment. Records an unknown reference as an exception, and retries it, only if it has our prefix. */
async function processPayment(
  deps: EventDeps,
  paymentReference: string,
): Promise<Result<EventOutcome>> {
  const confirmed = await confirmPayment(deps, paymentReference)
  if (confirmed.ok) return ok(confirmed.value.status === 'completed' ? 'settled' : 'unchanged')
  if (confirmed.refusal.code !== 'not_found') return confirmed
  if (!isOurs(paymentReference)) return ok('not_ours')
  const kind = 'unknown_reference'
  const exception = { kind, subject: paymentReference, amountKobo: null, atMs: deps.now() } as const
  await deps.exceptionStore.record(exception)
  return ok(kind)
}

/** The event's amount and status are ignored: only Monnify's record of the refund counts. */
async function processRefund(
  deps: EventDeps,
  refundReference: string,
): Promise<Result<EventOutcome>> {
  if (isOwnRefund(refundReference)) {
    const confirmed = await deps.confirmRefund(refundReference)
    if (confirmed.ok) return ok('settled')
    return confirmed.refusal.code === 'not_found' ? unknownRefund(deps, refundReference) : confirmed
  }
  const queried = await deps.refundGateway.queryRefund(refundReference)
  if (!queried.ok) return queried
  if (!queried.value) return unknownRefund(deps, refundReference)
  if (queried.value.status === 'open') return refuse({ code: 'gateway_unavailable' })
  if (queried.value.status === 'failed') {
    await recordFailedRefunds(deps, [queried.value])
    return ok('not_ours')
  }
  const attempt = await recordGatewayRefund(deps, queried.value)
  if (!attempt.ok) return attempt
  return attempt.value === undefined ? ok('not_ours') : processPayment(deps, attempt.value)
}

async function unknownRefund(deps: EventDeps, subject: string): Promise<Result<EventOutcome>> {
  await deps.exceptionStore.record({
    kind: 'unknown_refund',
    subject,
    amountKobo: null,
    atMs: deps.now(),
  })
  return ok('unknown_reference')
}

/** Makes checks due; transactions that no payment has become exceptions, which are not queried again. */
async function makeChecksDue(
  deps: EventDeps,
  settled: readonly string[],
): Promise<Result<EventOutcome>> {
  const named = settled.slice(0, MAX_SETTLED)
  const found = await deps.checkStore.makeChecksDue(named, deps.now())
  const isFound = new Set(found.map((name) => name.toLowerCase()))
  const others = [...new Set(named)].filter((name) => !isFound.has(name.toLowerCase()))
  const kind = 'unknown_settlement'
  const recorded = await deps.exceptionStore.recorded(kind, others)
  const unknown = others.filter((name) => !recorded.has(name)).slice(0, MAX_UNKNOWN)
  for (const subject of unknown) {
    const confirmed = await confirmTransaction(deps, subject)
    if (confirmed.ok) continue
    if (confirmed.refusal.code !== 'not_found') return confirmed
    await deps.exceptionStore.record({ kind, subject, amountKobo: null, atMs: deps.now() })
  }
  return ok('checks_due')
}

/** Confirms the attempt of a transaction. Refuses `not_found` and `gateway_unavailable`. */
async function confirmTransaction(
  deps: EventDeps,
  transactionReference: string,
): Promise<Result<unknown>> {
  const attempt = await attemptOfTransaction(deps, transactionReference)
  if (!attempt.ok) return attempt
  return attempt.value === undefined
    ? refuse({ code: 'not_found' })
    : confirmPayment(deps, attempt.value)
}
