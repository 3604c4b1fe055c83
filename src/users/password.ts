/**
 * Password hashes by scrypt (RFC 7914). N=2^15, r=8, p=3 (32 MiB) is the minimum of OWASP ASVS 5.0
 * appendix C for p=3, and is below the platform's limit of N·r·p ≤ 2^20. A hash contains its
 * parameters, so they can change without locking anyone out.
 */
import { randomBytes, scryptSync, timingSafeEqual } from 'node:crypto'

const COST = { N: 2 ** 15, r: 8, p: 3 }
const KEY_BYTES = 32
const SALT_BYTES = 16

function derive(password: string, salt: Buffer, cost: typeof COST): Buffer {
  const maxmem = 256 * cost.N * cost.r
  return scryptSync(password.normalize('NFKC'), salt, KEY_BYTES, { ...cost, maxmem })
}

/** Takes about 200 ms of CPU. @returns `scrypt$N$r$p$salt$key`, salt and key in base64 */
export function hashPassword(password: string): string {
  const salt = randomBytes(SALT_BYTES)
  const key = derive(password, salt, COST)
  return ['scrypt', COST.N, COST.r, COST.p, salt.toString('base64'), key.toString('base64')].join(
    '$',
  )
}

/** Compares in constant time. A hash of an unknown scheme, from a later release, matches no password. */
export function verifyPassword(password: string, hash: string): boolean {
  const [scheme, N, r, p, salt = '', key = ''] = hash.split('$')
  if (scheme !== 'scrypt') return verifyPassword(password, UNKNOWN_USER_HASH)
  const expected = Buffer.from(key, 'base64')
  const cost = { N: Number(N), r: Number(r), p: Number(p) }
  return timingSafeEqual(derive(password, Buffer.from(salt, 'base64'), cost), expected)
}

/** Matches no password. Verified for unknown users, so that the time does not reveal them. */
export const UNKNOWN_USER_HASH = [
  'scrypt',
  COST.N,
  COST.r,
  COST.p,
  'A'.repeat(22) + '==',
  `${'A'.repeat(43)}=`,
].join('$')
