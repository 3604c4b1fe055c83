/**
 * Monnify's webhook. Each event with a valid signature is stored before it is processed. An event only triggers a
 * query: money moves only by Monnify's response.
 */
import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex } from '@noble/hashes/utils.js'
import { nextAttempt } from '../common/next-attempt'
import { ok, refuse, type Result } from '../common/result'
import { EVENT_TRIES } from './core/payment'
import { redactCardData, withoutCustomers } from './core/redaction'
import { ownReference } from './core/references'
import {
  type EventDeps,
  type EventOutcome,
  paidReference,
  parseEvent,
  processEvent,
  referenceOf,
} from './events'
import { type NoticeDeps, prepareNews } from './notice'
import { isSignedByAny } from './monnify/signature'

export interface WebhookDeps extends EventDeps, NoticeDeps {
  /** Monnify's secret keys: the current one and, after a rotation, the previous one. */
  readonly webhookSecrets: readonly string[]
  /** IP addresses that may send events, in addition to the signature. Empty allows every address. */
  readonly webhookIps: string[]
}

/** Event about the payments of many users. */
const SETTLEMENT_EVENT = 'SETTLEMENT'

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
): Promise<Result<EventOutcome>> {
  if (!(await isSignedByAny(deps.webhookSecrets, body, signature)))
    return refuse({ code: 'invalid_signature' })
  const nowMs = deps.now()
  const text = new TextDecoder().decode(body)
  const event = parseEvent(text)
  const reference = event ? referenceOf(event) : null
  const bodyHash = bytesToHex(sha256(body))
  const paid = event ? paidReference(event) : undefined
  const news = paid === undefined ? undefined : await prepareNews(deps, ownReference(paid), 'event')
  const stored = {
    bodyHash,
    body: redactCardData(event?.eventType === SETTLEMENT_EVENT ? withoutCustomers(text) : text),
    eventType: event?.eventType ?? null,
    paymentReference: reference ?? event?.eventData.paymentReference ?? null,
    timesReceived: 1,
    receivedAtMs: nowMs,
    triedAtMs: nowMs,
    nextTryAtMs: reference === null ? null : nextAttempt(0, nowMs, EVENT_TRIES),
  }
  await deps.paymentStore.recordEvent(stored, news)
  const outcome =
    event && reference !== null ? await processEvent(deps, event) : ok('ignored' as const)
  if (outcome.ok) await deps.paymentStore.recordOutcome(bodyHash, outcome.value)
  return outcome
}
