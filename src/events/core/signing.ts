/** Signatures of deliveries, by Standard Webhooks 1.0.0 with HMAC-SHA256 (`v1`). Pure, but for random bytes. */
import { Webhook } from 'standardwebhooks'

const PREFIX = 'whsec_'
/** The specification allows 24 to 64. */
const SECRET_BYTES = 32

export const newSecret = (): Uint8Array<ArrayBuffer> =>
  crypto.getRandomValues(new Uint8Array(SECRET_BYTES))

/** The secret as receivers configure it: `whsec_` and Base64. */
export const showSecret = (secret: Uint8Array): string =>
  PREFIX + btoa(String.fromCharCode(...secret))

export interface SignedText {
  /** ID of the event, equal in every attempt. */
  readonly id: string
  /** Time of the attempt. */
  readonly atMs: number
  /** Exact body. */
  readonly body: string
}

export interface SignatureHeaders {
  readonly 'webhook-id': string
  readonly 'webhook-timestamp': string
  readonly 'webhook-signature': string
}

/** @param secrets the current secret, and during a rotation the previous one */
export function sign(
  secrets: readonly Uint8Array[],
  { id, atMs, body }: SignedText,
): SignatureHeaders {
  const time = new Date(atMs)
  const signatures = secrets.map((secret) =>
    new Webhook(secret, { format: 'raw' }).sign(id, time, body),
  )
  return {
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(atMs / 1000)),
    'webhook-signature': signatures.join(' '),
  }
}
