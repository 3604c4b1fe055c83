/**
 * Tokens of links in e-mails: 256 bits, derived from the ID of their message with a key (HKDF, RFC 5869). No store
 * has a token, only its hash, and a message that is sent again has the same link.
 */
import { hkdf } from '@noble/hashes/hkdf.js'
import { hmac } from '@noble/hashes/hmac.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { utf8ToBytes } from '@noble/hashes/utils.js'
import { base64url } from 'jose'
import { sha256Hex } from '../sha256'

const KEY_BYTES = 32

export interface LinkTokens {
  tokenOf(messageId: string): string
  hashOf(token: string): string
}

export function createLinkTokens(secret: string): LinkTokens {
  const key = hkdf(
    sha256,
    utf8ToBytes(secret),
    undefined,
    utf8ToBytes('aileana/link-token'),
    KEY_BYTES,
  )
  return {
    tokenOf: (messageId) => base64url.encode(hmac(sha256, key, utf8ToBytes(messageId))),
    hashOf: (token) => sha256Hex(token),
  }
}
