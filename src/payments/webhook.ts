/**
 * Monnify's webhook events. Each event with a valid signature is stored before it is processed. An event
 * only triggers a query: the credit follows from the transaction that the query returns.
 */
import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex } from '@noble/hashes/utils.js'
import { z } from 'zod'
import { nextAttempt } from '../common/next-attempt'
import { ok, refuse, type Result } from '../common/result'
import { isOurs } from './core/references'
import { verifySignature } from './monnify/signature'
import { EVENT_TRIES } from './core/payment'
import { type ConfirmDeps, confirmPayment } from './confirm'
import { redactCardData } from './core/redaction'

export interface WebhookDeps extends ConfirmDeps {
  readonly monnifySecretKey: string
  /** IP addresses that may send events, in addition to the signature. Empty allows every address. */
  readonly webhookIps: string[]
}

const eventSchema = z.object({
  eventType: z.string().max(100),
  eventData: z
    .object({ paymentReference: z.string().trim().max(255).optional().catch(undefined) })
    .catch({}),
})

const PAYMENT_EVENTS = new Set(['SUCCESSFUL_TRANSACTION', 'REJECTED_PAYMENT'])

export type WebhookOutcome = 'settled' | 'unchanged' | 'unknown_reference' | 'not_ours' | 'ignored'

/**
 * Stores and processes one event. Refuses `invalid_signature` before it stores anything, and
 * `gateway_unavailable` if Monnify could not be queried. The route then responds with 500, so that
 * Monnify sends the event again.
 * @param body the exact bytes that were received
 */
export async function receiveEvent(
  deps: WebhookDeps,
  body: Uint8Array,
  signature: string,
): Promise<Result<WebhookOutcome>> {
  if (!(await verifySignature(deps.monnifySecretKey, body, signature)))
    return refuse({ code: 'invalid_signature' })
  const nowMs = deps.now()
  const text = new TextDecoder().decode(body)
  const event = parseEvent(text)
  const paymentReference = event?.eventData.paymentReference ?? null
  const isPayment = event !== undefined && PAYMENT_EVENTS.has(event.eventType)
  const bodyHash = bytesToHex(sha256(body))
  await deps.paymentStore.recordEvent({
    bodyHash,
    body: redactCardData(text),
    eventType: event?.eventType ?? null,
    paymentReference,
    timesReceived: 1,
    receivedAtMs: nowMs,
    triedAtMs: nowMs,
    nextTryAtMs: isPayment && paymentReference ? nextAttempt(0, nowMs, EVENT_TRIES) : null,
  })
  const outcome =
    isPayment && paymentReference
      ? await processPayment(deps, paymentReference)
      : ok('ignored' as const)
  if (outcome.ok) await deps.paymentStore.recordOutcome(bodyHash, outcome.value)
  return outcome
}

/** Of unknown references, only those with our prefix are retried and recorded as exceptions. */
async function processPayment(
  deps: WebhookDeps,
  reference: string,
): Promise<Result<WebhookOutcome>> {
  const confirmed = await confirmPayment(deps, reference)
  if (confirmed.ok) return ok(confirmed.value.status === 'completed' ? 'settled' : 'unchanged')
  if (confirmed.refusal.code !== 'not_found') return confirmed
  if (!isOurs(reference)) return ok('not_ours')
  const kind = 'unknown_reference'
  const exception = { kind, subject: reference, amountKobo: null, atMs: deps.now() } as const
  await deps.exceptionStore.record(exception)
  return ok(kind)
}

function parseEvent(text: string): z.infer<typeof eventSchema> | undefined {
  try {
    return eventSchema.safeParse(JSON.parse(text)).data
  } catch {
    return undefined
  }
}
