import { describe, expect, it } from 'vitest'
import { readReference, readUser, readUuid } from '../../../src/operators/customers/spelling'

const HEX = '0123456789abcdef0123456789abcdef'
const UUID = '6f5cb5f1-0000-4000-8000-00000000000a'

describe('a reference', () => {
  it.each([
    [`AIL-${HEX}`, `AIL-${HEX}`],
    [`AIL-${HEX}_a3`, `AIL-${HEX}`],
    [` ail-${HEX.toUpperCase()}_A3\n`, `AIL-${HEX}`],
    [`"AIL‑${HEX}".`, `AIL-${HEX}`],
    ['MNFY|41|20261125225817|0485270664', 'MNFY|41|20261125225817|0485270664'],
    [' mnfy | 41 | 20261125225817 | 0485270664 ', 'MNFY|41|20261125225817|0485270664'],
    ['MNFY%7C41%7c20261125225817%257C0485270664', 'MNFY|41|20261125225817|0485270664'],
    ['\u200bMNFY|41|2026|04\u00a0', 'MNFY|41|2026|04'],
    [` ${UUID.toUpperCase()} `, UUID],
    ['MNFY¦41¦2026¦04', 'MNFY|41|2026|04'],
    [`https://api.example/payments/${UUID}`, UUID],
    ['%', '%'],
    [' ', ''],
  ])('%j is read as %j', (text, read) => {
    expect(readReference(text)).toBe(read)
  })
})

describe('a UUID, and a user', () => {
  it.each([
    [UUID.toUpperCase(), UUID],
    [`\t${UUID} `, UUID],
    [UUID.replaceAll('-', '–'), UUID],
    [`call/${UUID}`, UUID],
    [`{${UUID}}`, UUID],
    [`https://api.example/calls/${UUID}/`, UUID],
  ])('%j is read as %j', (text, read) => {
    expect(readUuid(text)).toBe(read)
    expect(readUser(text)).toBe(read)
  })

  it.each([
    [' a@b.co ', 'a@b.co'],
    ['<A-b@B.co>', 'A-b@B.co'],
    ['\u200ba@b.co\u00a0', 'a@b.co'],
    ['mailto:a@b.co', 'a@b.co'],
    ['Ada Obi <a@b.co>', 'a@b.co'],
  ])('%j is read as the e-mail address %j', (text, read) => {
    expect(readUser(text)).toBe(read)
  })
})
