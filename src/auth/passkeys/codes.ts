/** Recovery codes: 80 random bits each, in Crockford's base32 (https://www.crockford.com/base32.html). Pure. */
import { sha256Hex } from '../../common/sha256'

export const CODES = 10
const CHARACTERS = 16
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

/** @param random as many bytes as a code has characters. @returns a code such as `7K2M-9QXD-04TB-ZW5H` */
export function codeOf(random: Uint8Array): string {
  const characters = Array.from(random.subarray(0, CHARACTERS), (byte) => ALPHABET[byte % 32])
  return characters.join('').replaceAll(/(.{4})(?=.)/g, '$1-')
}

export const newCode = (): string => codeOf(crypto.getRandomValues(new Uint8Array(CHARACTERS)))

/** Returns the code without hyphens and spaces, in capitals. Reads O as 0, and I and L as 1. */
export const canonicalCode = (typed: string): string =>
  typed.toUpperCase().replaceAll(/[\s-]/g, '').replaceAll('O', '0').replaceAll(/[IL]/g, '1')

export const hashCode = (typed: string): string => sha256Hex(canonicalCode(typed))
