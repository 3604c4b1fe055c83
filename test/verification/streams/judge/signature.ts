/** Verifies signatures as Standard Webhooks 1.0.0 defines them, without the package that the service uses. */
import { createHmac, createSecretKey, type KeyObject } from 'node:crypto'

export interface Signed {
  readonly id: string
  /** Unix seconds. */
  readonly timestamp: string
  readonly body: string
  /** The header: `v1,<base64>`, separated by spaces. */
  readonly signatures: string
}

const keys = new Map<string, KeyObject>()

function keyOf(secret: string): KeyObject {
  const bytes = Buffer.from(secret.replace(/^whsec_/, ''), 'base64')
  const key = keys.get(secret) ?? createSecretKey(bytes)
  keys.set(secret, key)
  return key
}

export function signatureOf(secret: string, { id, timestamp, body }: Signed): string {
  const hmac = createHmac('sha256', keyOf(secret))
  return `v1,${hmac.update(`${id}.${timestamp}.${body}`).digest('base64')}`
}

export interface KnownSecret {
  readonly secret: string
  fromMs: number
  /** Until when it signs too after a rotation; `Infinity` for the current secret. */
  untilMs: number
}

/**
 * @param mayHaveUnknown a response with a secret was lost, so its reader does not know it
 * @returns what is wrong; `undefined` if the secrets of that time, and no others, signed
 */
export function wrongSignature(
  signed: Signed,
  secrets: readonly KnownSecret[],
  nowMs: number,
  mayHaveUnknown = false,
): string | undefined {
  const given = signed.signatures.split(' ')
  const names = new Map(secrets.map((known) => [signatureOf(known.secret, signed), known]))
  for (const signature of given) {
    const known = names.get(signature)
    if (!known && !mayHaveUnknown) return 'a signature is of no secret'
    if (known && nowMs > known.untilMs) return 'an old secret still signs'
  }
  for (const [signature, { fromMs, untilMs }] of names)
    if (nowMs > fromMs && nowMs < untilMs && !given.includes(signature))
      return 'a secret of that time does not sign'
  return undefined
}
