import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { isKey, KEY_PATTERN, keyHashOf, newKey, ownerOfKey } from '../../src/keys/key'
import { DEPLOYMENT } from '../../src/outbox/event'

const USER = '3f0b8c1e-6f64-4e0a-9b1c-2f4f8f3f7a55'
const SECRET = Uint8Array.from({ length: 32 }, (_, index) => index)
const KEY = newKey(USER, SECRET)

/** Adds the checksum as docs/keys.md defines it, without the code of the service. */
const withChecksum = (body: string): string =>
  body + createHash('sha256').update(body).digest('base64url').slice(0, 6)

const bodyOf = (owner: Uint8Array, secret = SECRET): string =>
  `aik_${Buffer.concat([owner, secret]).toString('base64url')}`

const bytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, 'hex'))

describe('a key', () => {
  it('has the documented form, and names its owner', () => {
    expect(KEY).toBe(withChecksum(bodyOf(bytes(USER.replaceAll('-', '')))))
    expect(KEY).toBe('aik_PwuMHm9kTgqbHC9Pjz96VQABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f8lPWsK')
    expect(KEY).toMatch(KEY_PATTERN)
    expect(ownerOfKey(KEY)).toBe(USER)
  })

  it('of the deployment names the deployment', () => {
    expect(ownerOfKey(newKey(DEPLOYMENT))).toBe(DEPLOYMENT)
  })

  it('has 256 random bits', () => {
    const keys = Array.from({ length: 100 }, () => newKey(USER))
    expect(new Set(keys).size).toBe(100)
    for (const key of keys) expect(ownerOfKey(key)).toBe(USER)
  })

  it('is stored as its SHA-256', () => {
    expect(keyHashOf(KEY)).toBe(createHash('sha256').update(KEY).digest('hex'))
  })
})

const body = KEY.slice(0, -6)
const INVALID: Record<string, string> = {
  'is empty': '',
  'has no checksum': body,
  'has a wrong checksum': `${body}AAAAAA`,
  'is one character short': withChecksum(body.slice(0, -1)),
  'is one character long': withChecksum(`${body}A`),
  'has the checksum twice': withChecksum(KEY),
  'has another prefix': withChecksum(body.replace('aik_', 'aik-')),
  'has a capital prefix': withChecksum(body.replace('aik_', 'AIK_')),
  'uses the alphabet of plain Base64': withChecksum(`${body.slice(0, -2)}+/`),
  'has padding': withChecksum(`${body.slice(0, -2)}==`),
  'has a space': `${KEY} `,
  'has a line break': `${KEY}\n`,
  'names bytes that are no UUID': withChecksum(bodyOf(bytes('00'.repeat(15) + '01'))),
  'names a UUID without a version': withChecksum(bodyOf(bytes('3f0b8c1e6f640e0a9b1c2f4f8f3f7a55'))),
  'names a UUID without a variant': withChecksum(bodyOf(bytes('3f0b8c1e6f644e0a1b1c2f4f8f3f7a55'))),
}

describe('ownerOfKey', () => {
  it.each(Object.entries(INVALID))('rejects a key that %s', (_, key) => {
    expect(ownerOfKey(key)).toBeUndefined()
  })

  it('rejects each change of one character', () => {
    for (let at = 0; at < KEY.length; at += 1) {
      const other = KEY[at] === 'A' ? 'B' : 'A'
      expect(ownerOfKey(KEY.slice(0, at) + other + KEY.slice(at + 1)), `at ${at}`).toBeUndefined()
    }
  })
})

it('isKey looks at the prefix only, so that a mistyped key is recognised', () => {
  expect([KEY, 'aik_', `${KEY}x`].map(isKey)).toEqual([true, true, true])
  expect(['', 'aik', ` ${KEY}`, 'eyJ.x.y', 'ops_x'].map(isKey)).toEqual(Array(5).fill(false))
})
