import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createAileana } from '../../scripts/aileana/program'
import { receiptFile, signerOf, statementFile } from '../support/signed-files'
import { runCommand } from '../support/usage'

const folder = mkdtempSync(join(tmpdir(), 'aileana-verify-'))
const at = (name: string) => join(folder, name)
const write = (name: string, content: unknown) =>
  writeFileSync(at(name), typeof content === 'string' ? content : JSON.stringify(content))

const verify = (file: string, keys = 'keys.json') =>
  runCommand(createAileana(), ['verify', at(file), '--keys', at(keys)])

beforeAll(async () => {
  const receipt = await receiptFile()
  const statement = await statementFile()
  write('keys.json', { keys: await signerOf().publicKeys() })
  write('foreign.json', { keys: await signerOf(8).publicKeys() })
  write('receipt.json', receipt)
  write('statement.json', statement)
  write('altered.json', { ...receipt, receipt: { ...receipt.receipt, amount: '900.00' } })
  write('cut.json', { ...statement, entries: statement.entries.slice(1) })
  write('text.txt', 'Paid, thank you.')
  write('other.json', { amount: 5 })
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('npm run aileana -- verify', () => {
  it.each([
    ['receipt.json', 'Amount: 100.00 NGN\nVAT: 6.98 at 7.50%, included'],
    ['receipt.json', 'Holder, not signed: Ada Obi, ada@example.com'],
    ['statement.json', 'Entries: 4, after entry 0\nOpening balance: 0.00 NGN'],
  ])('finds %s genuine, offline, and prints its facts', async (file, facts) => {
    const { exitCode, printed } = await verify(file)
    expect(printed).toContain(facts)
    expect(printed).toContain('Genuine: nothing was altered')
    expect(exitCode).toBe(0)
  })

  it.each([
    ['altered.json', 'keys.json', 'amount: the file says 900.00, but 100.00 is signed.'],
    ['cut.json', 'keys.json', 'Entry 1 is missing.'],
    ['receipt.json', 'foreign.json', 'is unknown: it is not among the service'],
  ])('exits with 1 for %s with %s, and names what is wrong', async (file, keys, finding) => {
    const { exitCode, printed } = await verify(file, keys)
    expect(printed).toContain(finding)
    expect(printed).toContain('Not genuine')
    expect(printed).not.toContain('Genuine:')
    expect(exitCode).toBe(1)
  })

  it.each([
    ['none.json', 'keys.json', 'none.json cannot be read'],
    ['text.txt', 'keys.json', 'The file is not JSON'],
    ['other.json', 'keys.json', 'neither a receipt nor a signed statement'],
    ['receipt.json', 'none.json', 'none.json cannot be read'],
    ['receipt.json', 'text.txt', 'text.txt is not JSON; it must be a copy of'],
    ['receipt.json', 'other.json', 'has no Ed25519 key'],
  ])('exits with 2 for %s with %s, in one line', async (file, keys, message) => {
    const { exitCode, printed } = await verify(file, keys)
    expect(printed).toContain(message)
    expect(printed.trim().split('\n')).toHaveLength(1)
    expect(exitCode).toBe(2)
  })

  it('rejects a file that is too large, without reading it', async () => {
    write('large.json', ' '.repeat(64 * 1024 * 1024 + 1))
    const { exitCode, printed } = await verify('large.json')
    expect([exitCode, printed]).toEqual([2, expect.stringContaining('is too large')])
  })

  it('names the service if it cannot be reached, and how to work offline', async () => {
    const args = ['verify', at('receipt.json'), '--url', 'http://127.0.0.1:9']
    const { exitCode, printed } = await runCommand(createAileana(), args)
    expect(printed).toContain('No service responds at http://127.0.0.1:9')
    expect(printed).toContain('--keys with a saved file')
    expect(exitCode).toBe(2)
  })
})
