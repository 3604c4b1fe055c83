/** Code of an authenticator app (TOTP, RFC 6238): SHA-1, six digits, steps of 30 s. Pure. */
import { createHmac } from 'node:crypto'

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
const STEP_MS = 30_000

/** Decodes base32 without padding (RFC 4648 section 6). Incomplete bits at the end are dropped. */
function bytesOf(secret: string): Buffer {
  const bits = Array.from(secret)
    .map((letter) => BASE32.indexOf(letter).toString(2).padStart(5, '0'))
    .join('')
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)))
}

/** @param secret in base32 */
export function codeAt(secret: string, nowMs: number): string {
  const step = Buffer.alloc(8)
  step.writeBigUInt64BE(BigInt(Math.floor(nowMs / STEP_MS)))
  const mac = createHmac('sha1', bytesOf(secret)).update(step).digest()
  const start = (mac.at(-1) ?? 0) & 15
  const number = mac.readUInt32BE(start) & 0x7fffffff
  return String(number % 1_000_000).padStart(6, '0')
}
