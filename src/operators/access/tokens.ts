/**
 * Tokens of operators: 256 random bits after a prefix that names their use. Only hashes are stored. Searches for leaked
 * secrets and the log's redaction find tokens by their prefixes.
 */
import { base64url } from 'jose'
import { sha256Hex } from '../../common/sha256'

const TOKEN_BYTES = 32

const PREFIXES = { session: 'ops_', key: 'opk_', invitation: 'opi_' } as const

export const newToken = (use: keyof typeof PREFIXES): string =>
  PREFIXES[use] + base64url.encode(crypto.getRandomValues(new Uint8Array(TOKEN_BYTES)))

export const tokenHashOf = (token: string): string => sha256Hex(token)
