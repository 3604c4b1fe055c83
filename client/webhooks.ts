/** Verification of webhooks (Standard Webhooks 1.0.0), and the events of a stream. */
import { Webhook } from 'standardwebhooks'
import { isEvent, type WebhookEvent } from './webhook-events.ts'

export { type EventsOptions, events } from './event-stream.ts'
export type * from './webhook-events.ts'
export { EVENT_TYPES } from './webhook-events.ts'

export interface Delivery {
  /** Exact body as it arrived, before JSON is parsed. */
  readonly body: string | Uint8Array
  /** `Headers`, or the headers of Node's `http`. */
  readonly headers: Headers | Readonly<Record<string, string | readonly string[] | undefined>>
  /** Secret of the endpoint, `whsec_…`. While a secret is rotated, also the previous one. */
  readonly secrets: string | readonly string[]
}

/** Why a delivery is not genuine, or not fresh. */
export type WebhookFault = 'missing_header' | 'wrong_time' | 'wrong_signature' | 'not_an_event'

const MESSAGES: Readonly<Record<WebhookFault, string>> = {
  missing_header: 'The webhook has no signature, ID or time.',
  wrong_time: 'The webhook was signed more than five minutes ago, or in the future.',
  wrong_signature: 'No signature of the webhook matches its body.',
  not_an_event: 'The body is not an event.',
}

/** A delivery that must not be processed. Respond with status 400. */
export class WebhookError extends Error {
  override readonly name = 'WebhookError'
  readonly fault: WebhookFault

  constructor(fault: WebhookFault) {
    super(MESSAGES[fault])
    this.fault = fault
  }
}

const NAMES = ['webhook-id', 'webhook-timestamp', 'webhook-signature'] as const
type SignedHeaders = Record<(typeof NAMES)[number], string>

/** A repeated header is ambiguous, and therefore missing. */
function readHeader(headers: Delivery['headers'], name: string): string {
  const value = headers instanceof Headers ? headers.get(name) : headers[name]
  if (typeof value !== 'string' || value === '') throw new WebhookError('missing_header')
  return value
}

function readHeaders(headers: Delivery['headers']): SignedHeaders {
  const [id, timestamp, signature] = NAMES.map((name) => readHeader(headers, name))
  if (!/^\d+$/.test(timestamp ?? '')) throw new WebhookError('wrong_time')
  return {
    'webhook-id': id ?? '',
    'webhook-timestamp': timestamp ?? '',
    'webhook-signature': signature ?? '',
  }
}

/** Text of the body without a change; `undefined` if it is not UTF-8. */
function textOf(body: string | Uint8Array): string | undefined {
  if (typeof body === 'string') return body
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body)
  } catch {
    return undefined
  }
}

/** Returns the fault that the library reports. @throws for a secret that cannot be read */
function faultOf(secret: string, text: string, headers: SignedHeaders): WebhookFault | undefined {
  const webhook = new Webhook(secret)
  try {
    webhook.verify(text, headers, { jsonParse: false })
    return undefined
  } catch (error) {
    return error instanceof Error && /timestamp too/.test(error.message)
      ? 'wrong_time'
      : 'wrong_signature'
  }
}

/**
 * Verifies signature and time, and returns the text of the body. The comparison takes constant time, and the clock may
 * differ by five minutes.
 * @throws WebhookError if the delivery is not genuine; an `Error` if there is no secret, or one cannot be read
 */
export function verifySignature({ body, headers, secrets }: Delivery): string {
  const all = typeof secrets === 'string' ? [secrets] : secrets
  if (all.length === 0) throw new Error('There is no secret.')
  const signed = readHeaders(headers)
  const text = textOf(body)
  if (text === undefined) throw new WebhookError('wrong_signature')
  const faults = all.map((secret) => faultOf(secret, text, signed))
  const [fault] = faults
  if (fault !== undefined && !faults.includes(undefined)) throw new WebhookError(fault)
  return text
}

/**
 * Verifies a delivery, and returns its event. Process each `id` once: deliveries repeat.
 * @throws WebhookError if the delivery is not genuine; an `Error` if there is no secret, or one cannot be read
 */
export function verifyWebhook(delivery: Delivery): WebhookEvent {
  const text = verifySignature(delivery)
  let event: unknown
  try {
    event = JSON.parse(text)
  } catch {
    throw new WebhookError('not_an_event')
  }
  if (!isEvent(event)) throw new WebhookError('not_an_event')
  return event
}
