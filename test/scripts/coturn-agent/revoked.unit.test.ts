import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { RevokedUsernames } from '../../../scripts/coturn-agent/revoked'

const folder = mkdtempSync(join(tmpdir(), 'aileana-revoked-'))
afterAll(() => rmSync(folder, { recursive: true }))

let files = 0
const newFile = () => join(folder, `revoked-${(files += 1)}.txt`)

it('a revoked username is known after a restart, until it expires', () => {
  const file = newFile()
  new RevokedUsernames(file, 0).add('100:a')
  const restarted = new RevokedUsernames(file, 99_999)
  expect(restarted.has('100:a')).toBe(true)
  restarted.removeExpired(100_000)
  expect(restarted.has('100:a')).toBe(false)
  expect(new RevokedUsernames(file, 100_000).has('100:a')).toBe(false)
  expect(readFileSync(file, 'utf8')).toBe('')
})

it('a username is written once, to a file that only its owner can read', () => {
  const file = newFile()
  const revoked = new RevokedUsernames(file, 0)
  for (const _ of [1, 2]) revoked.add('100:a')
  expect(readFileSync(file, 'utf8')).toBe('100:a\n')
  expect(statSync(file).mode & 0o777).toBe(0o600)
})

it('an interrupted line is dropped, and the others are kept', () => {
  const file = newFile()
  writeFileSync(file, '100:a\n200:b\n\n30')
  const revoked = new RevokedUsernames(file, 50_000)
  expect([revoked.has('100:a'), revoked.has('200:b'), revoked.has('30')]).toEqual([
    true,
    true,
    false,
  ])
  revoked.add('300:c')
  expect(readFileSync(file, 'utf8')).toBe('100:a\n200:b\n300:c\n')
})

it('the file is rewritten when it has more than 10,000 expired lines', () => {
  const file = newFile()
  const revoked = new RevokedUsernames(file, 0)
  writeFileSync(file, Array.from({ length: 10_001 }, (_, n) => `1:${n}\n`).join(''))
  const restarted = new RevokedUsernames(file, 0)
  restarted.add('100:a')
  restarted.removeExpired(2000)
  expect(readFileSync(file, 'utf8')).toBe('100:a\n')
  expect(revoked.has('1:0')).toBe(false)
})

it('a file that cannot be written prevents the start', () => {
  expect(() => new RevokedUsernames(join(folder, 'missing/revoked.txt'), 0)).toThrow('ENOENT')
})
