import fc from 'fast-check'
import { compactVerify, importJWK } from 'jose'
import { beforeAll, describe, expect, it } from 'vitest'
import { kobo } from '../../../src/common/money'
import { readKeySet, type PublicKeys } from '../../../src/receipts/core/jws'
import { isPublicKey, readPrivateKey } from '../../../src/receipts/core/keys'
import { verifyFile } from '../../../src/receipts/core/verify'
import { presentEntry } from '../../../src/receipts/core/statement'
import { createSigner } from '../../../src/receipts/sign'
import { appendEntry } from '../../../src/wallets/core/ledger'
import {
  contentOf,
  keysOf,
  ledgerOf,
  receiptFile,
  type ReceiptFile,
  type StatementFile,
  signerOf,
  statementFile,
} from '../../support/signed-files'

let keys: PublicKeys
let receipt: ReceiptFile
let statement: StatementFile

beforeAll(async () => {
  keys = await keysOf(signerOf())
  receipt = await receiptFile()
  statement = await statementFile()
})

const findingsOf = async (file: unknown, known = keys): Promise<readonly string[]> => {
  const text = typeof file === 'string' ? file : JSON.stringify(file)
  const verified = await verifyFile(text, known)
  return verified.isGenuine ? [] : verified.findings
}

/** Copy of the receipt with one change. */
const receiptWith = (change: (file: ReceiptFile) => void): ReceiptFile => {
  const copy = structuredClone(receipt)
  change(copy)
  return copy
}

const statementWith = (change: (file: StatementFile) => void): StatementFile => {
  const copy = structuredClone(statement)
  change(copy)
  return copy
}

/** Characters by which each position of a file is replaced. */
const REPLACEMENTS = ['0', '1', '9', 'a', 'A', 'f', '_', '"', ' ', ',', '.', '-', 'e', '\\']

/** Positions of a file at which some single replaced character is not found. */
async function unnoticed(text: string, skip: (at: number) => boolean = () => false) {
  const missed: string[] = []
  for (let at = 0; at < text.length; at += 1) {
    if (skip(at)) continue
    for (const character of REPLACEMENTS) {
      if (text[at] === character) continue
      const changed = `${text.slice(0, at)}${character}${text.slice(at + 1)}`
      const verified = await verifyFile(changed, keys)
      if (verified.isGenuine || verified.findings.length === 0)
        missed.push(`${at}: ${text.slice(at - 10, at + 10)} with ${character}`)
    }
  }
  return missed
}

describe('a receipt', () => {
  it('is genuine as the service writes it, also with other blanks and a byte order mark', async () => {
    for (const text of [
      JSON.stringify(receipt),
      JSON.stringify(receipt, null, 2),
      `\uFEFF${JSON.stringify(receipt)}`,
    ])
      expect(await verifyFile(text, keys)).toMatchObject({
        isGenuine: true,
        content: { number: '2126-000042', amount: '100.00' },
      })
  })

  it('contains no name, e-mail address or phone number in its signed part', async () => {
    const content = JSON.stringify(contentOf())
    expect(content).not.toMatch(/@|Ada|Obi|\+\d/)
    const payload = Buffer.from(receipt.signature.split('.')[1] ?? '', 'base64url').toString()
    expect(JSON.parse(payload)).toEqual(contentOf())
  })

  it('is verified by another library too', async () => {
    const [jwk] = await signerOf().publicKeys()
    const { payload } = await compactVerify(receipt.signature, await importJWK({ ...jwk }, 'EdDSA'))
    expect(JSON.parse(new TextDecoder().decode(payload))).toEqual(receipt.receipt)
  })

  it.each<[string, (file: ReceiptFile) => void, string]>([
    [
      'digit',
      ({ receipt: content }) => (content['amount'] = '150.00'),
      'amount: the file says 150.00, but 100.00 is signed.',
    ],
    [
      'nested digit',
      ({ receipt: content }) => (content['vat'] = { rate: '7.50', net: '93.02', amount: '6.99' }),
      'vat.amount: the file says 6.99, but 6.98 is signed.',
    ],
    [
      'line of the issuer',
      ({ receipt: content }) => (content['issuer'] = ['Example Ltd']),
      'issuer: the file says ["Example Ltd"], but ["Example Ltd","TIN 12345678-0001"] is signed.',
    ],
    [
      'type of a value',
      ({ receipt: content }) => (content['entry_seq'] = '1'),
      'entry_seq: the file says 1, but 1 is signed.',
    ],
    [
      'fraction',
      ({ receipt: content }) => (content['entry_seq'] = 1.5),
      'entry_seq: the file says 1.5, but 1 is signed.',
    ],
    [
      'missing field',
      ({ receipt: content }) => delete content['balance'],
      'balance: is missing; 100.00 is signed.',
    ],
    [
      'new field',
      ({ receipt: content }) => (content['note'] = 'paid twice'),
      'note: was added; it is not signed.',
    ],
    [
      'new field beside it',
      (file) => Object.assign(file, { keys: [] }),
      'keys: was added; it is not signed.',
    ],
  ])('with another %s is not genuine, and the field is named', async (_, change, finding) => {
    expect(await findingsOf(receiptWith(change))).toEqual([finding])
  })

  it('stays genuine with another holder, who is not signed', async () => {
    const file = receiptWith(({ holder }) => (holder.name = 'Somebody Else'))
    expect(await verifyFile(JSON.stringify(file), keys)).toMatchObject({ isGenuine: true })
  })

  it('with a repeated field is not genuine, whichever of the two a program shows', async () => {
    const text = JSON.stringify(receipt).replace('"amount":', '"amount":"900.00","amount":')
    expect(await findingsOf(text)).toEqual(['amount: is there twice; one of the two was added.'])
    const escaped = JSON.stringify(receipt).replace('"amount":', '"\\u0061mount":"9.00","amount":')
    expect(await findingsOf(escaped)).toEqual(['amount: is there twice; one of the two was added.'])
  })

  it('that a foreign key signed is not genuine, whatever ID the key has', async () => {
    const foreign = await receiptFile(signerOf(8))
    const [finding, ...rest] = await findingsOf(foreign)
    const [known] = await signerOf().publicKeys()
    expect(finding).toMatch(/^The key [\w-]{43} is unknown/)
    expect(rest).toEqual([])
    /** A key set that gives the foreign key the name of a known one. */
    const [jwk] = await signerOf(8).publicKeys()
    const renamed = readKeySet({ keys: [{ ...jwk, kid: known?.kid }] })
    expect(await findingsOf(receipt, renamed)).toEqual([
      expect.stringMatching(/^The key [\w-]{43} is unknown/),
    ])
    /** The name of the known key, with the signature of the foreign one. */
    const [header] = receipt.signature.split('.')
    const [, payload, signature] = foreign.signature.split('.')
    const forged = { ...foreign, signature: [header, payload, signature].join('.') }
    expect(await findingsOf(forged)).toEqual([
      'The signature does not match: the signed content or the signature was altered.',
    ])
  })

  it('cannot bring its own key', async () => {
    const [jwk] = await signerOf(8).publicKeys()
    const foreign = await receiptFile(signerOf(8))
    const header = Buffer.from(JSON.stringify({ alg: 'EdDSA', kid: jwk?.kid, jwk })).toString(
      'base64url',
    )
    const [, payload, signature] = foreign.signature.split('.')
    const file = { ...foreign, signature: [header, payload, signature].join('.'), keys: [jwk] }
    expect(await findingsOf(file)).toEqual(['The signature cannot be read: it was altered.'])
  })

  it('is genuine after a rotation, while the previous key is published', async () => {
    const [old] = await signerOf().publicKeys()
    const next = signerOf(9, [old?.x ?? ''])
    expect(await findingsOf(receipt, await keysOf(next))).toEqual([])
    expect(await findingsOf(await receiptFile(next), await keysOf(next))).toEqual([])
    expect(await findingsOf(receipt, await keysOf(signerOf(9)))).toHaveLength(1)
  })

  it('is not genuine after any single character is replaced', async () => {
    const text = JSON.stringify(receipt)
    const holder = text.indexOf('"holder"')
    expect(await unnoticed(text, (at) => at > holder + 8)).toEqual([])
  })
})

describe('a statement', () => {
  it('is genuine as the service writes it, from the first entry or a later one', async () => {
    expect(await findingsOf(statement)).toEqual([])
    expect(await findingsOf(await statementFile({ first: 3 }))).toEqual([])
  })

  it.each<[string, (file: StatementFile) => void, readonly string[]]>([
    [
      'amount',
      ({ entries }) => Object.assign(entries[1] ?? {}, { amount: '60.00' }),
      ['Entry 2, amount: the file says 60.00, but 50.00 is sealed.'],
    ],
    [
      'balance',
      ({ entries }) => Object.assign(entries[2] ?? {}, { balance: '141.00' }),
      ['Entry 3, balance: the file says 141.00, but 140.00 is sealed.'],
    ],
    [
      'kind',
      ({ entries }) => Object.assign(entries[0] ?? {}, { kind: 'surplus' }),
      ['Entry 1, kind: the file says surplus, but top_up is sealed.'],
    ],
    [
      'account',
      ({ entries }) => Object.assign(entries[0] ?? {}, { from: 'goodwill' }),
      ['Entry 1, from: the file says goodwill, but gateway is sealed.'],
    ],
    [
      'position',
      ({ entries }) => Object.assign(entries[3] ?? {}, { seq: 9 }),
      ['Entry 4, seq: the file says 9, but 4 is sealed.'],
    ],
    [
      'time',
      ({ entries }) => Object.assign(entries[1] ?? {}, { posted_at: '2126-03-14T11:00:01.000Z' }),
      [
        'Entry 2 does not match its hash: reference, source_uuid, posted_at or several fields were altered.',
      ],
    ],
    [
      'unusual spelling of a time',
      ({ entries }) => Object.assign(entries[1] ?? {}, { posted_at: '2126-03-14T10:00:01Z' }),
      ['Entry 2, posted_at: is not a time such as 2026-03-14T10:15:30.000Z.'],
    ],
    [
      'unusual spelling of an amount',
      ({ entries }) => Object.assign(entries[1] ?? {}, { amount: '050.00' }),
      ['Entry 2, amount: is not an amount such as 100.00.'],
    ],
    [
      'field',
      ({ entries }) => Object.assign(entries[1] ?? {}, { note: 'x' }),
      ['Entry 2, note: was added.'],
    ],
    ['removed entry', ({ entries }) => entries.splice(1, 1), ['Entry 2 is missing.']],
    ['removed end', ({ entries }) => entries.splice(2, 2), ['Entries 3 to 4 are missing.']],
    ['removed beginning', ({ entries }) => entries.splice(0, 1), ['Entry 1 is missing.']],
    [
      'repeated entry',
      ({ entries }) => entries.push({ ...entries[3] }),
      ['Entry 4 was added: it is there twice.'],
    ],
    [
      'entry beyond the end',
      ({ entries }) => entries.push({ ...entries[3], seq: 5 }),
      ['Entry 5 was added: the statement is signed for entries 1 to 4.'],
    ],
    [
      'order',
      ({ entries }) => entries.splice(1, 2, ...entries.slice(1, 3).toReversed()),
      ['Entry 2 is out of order: it is after entry 3.'],
    ],
    [
      'wallet',
      ({ statement: head }) => (head['wallet_uuid'] = 'b0fc930a-65e5-5551-a94c-c366dda7c1ca'),
      [
        'wallet_uuid: the file says b0fc930a-65e5-5551-a94c-c366dda7c1ca, but 0fe271e8-55b9-5153-b993-b069084aea10 is signed.',
      ],
    ],
  ])('with another %s is not genuine, and the alteration is named', async (_, change, findings) => {
    const found = await findingsOf(statementWith(change))
    expect(found.slice(0, findings.length)).toEqual(findings)
    expect(found.length).toBeLessThanOrEqual(findings.length + 2)
  })

  it('with another signed end is not genuine, and its fields are named', async () => {
    const file = statementWith(({ statement: head }) =>
      Object.assign(head, { closing: { seq: 4, hash: '0', balance: '1.00' } }),
    )
    const [balance, hash, ...rest] = await findingsOf(file)
    expect(hash).toMatch(/^closing\.hash: the file says 0, but [\da-f]{64} is signed\.$/)
    expect(balance).toBe('closing.balance: the file says 1.00, but 165.00 is signed.')
    expect(rest).toEqual([])
  })

  it('with the hash of an entry and its successor altered alike names both', async () => {
    const file = statementWith(({ entries }) => {
      Object.assign(entries[1] ?? {}, { hash: 'a'.repeat(64) })
      Object.assign(entries[2] ?? {}, { previous_hash: 'a'.repeat(64) })
    })
    const found = await findingsOf(file)
    expect(found).toHaveLength(2)
    expect(found[0]).toMatch(/^Entry 2 /)
    expect(found[1]).toMatch(/^Entry 3/)
  })

  it('with the entries of another wallet is not genuine', async () => {
    const other = await statementFile({ wallet: 'b0fc930a-65e5-5551-a94c-c366dda7c1ca' })
    const file = { ...statement, entries: other.entries }
    const found = await findingsOf(file)
    expect(found[0]).toBe(
      'Entry 1 does not follow from the previous one: it is from another ledger, or was replaced.',
    )
  })

  it('with a resealed end does not end at the signed hash', async () => {
    const [, , third, last] = ledgerOf()
    if (!third || !last) throw new Error('the ledger is too short')
    const forged = appendEntry(third, { ...last, amountKobo: kobo(999_900) }, last.postedAtMs)
    const file = statementWith(({ entries }) => entries.splice(3, 1, presentEntry(forged)))
    expect(await findingsOf(file)).toEqual(['The last entry is not the signed one.'])
  })

  it('cannot be passed off as a receipt', async () => {
    const file = { receipt: statement.statement, signature: statement.signature }
    expect(await findingsOf(file)).toEqual(['The signature is not that of a receipt.'])
  })

  it('is not genuine after any single character is replaced', async () => {
    const short = await statementFile({ first: 4 })
    expect(await unnoticed(JSON.stringify(short))).toEqual([])
  })

  it('is not genuine after any number of changes to its entries', async () => {
    const field = fc.constantFrom('amount', 'balance', 'reference', 'hash', 'posted_at', 'kind')
    const change = fc.record({ at: fc.nat(3), field, with: fc.string() })
    const property = fc.asyncProperty(fc.array(change, { minLength: 1 }), async (changes) => {
      const file = statementWith(({ entries }) => {
        for (const { at, field: name, with: text } of changes)
          Object.assign(entries[at] ?? {}, { [name]: text })
      })
      expect(await findingsOf(file)).not.toEqual([])
    })
    await fc.assert(property)
  })
})

describe('another file', () => {
  it.each([
    ['', 'The file is not JSON'],
    ['{', 'The file is not JSON'],
    ['<!doctype html>', 'The file is not JSON'],
    ['null', 'neither a receipt'],
    ['[]', 'neither a receipt'],
    ['{"receipt":[],"signature":"x"}', 'neither a receipt'],
    ['{"receipt":{}}', 'neither a receipt'],
    ['{"statement":{},"signature":"x"}', 'The statement has no entries'],
  ])('%j is called unreadable', async (text, finding) => {
    const verified = await verifyFile(text, keys)
    expect(verified).toMatchObject({ isGenuine: false, isUnreadable: true })
    expect((await findingsOf(text))[0]).toContain(finding)
  })

  it('with a signed payload of any shape throws no error', async () => {
    for (const payload of ['{"type":"statement"}', '{"type":"statement","opening":5}', '5', 'x']) {
      const { keyId, signature } = await signerOf().sign(payload)
      const header = Buffer.from(JSON.stringify({ alg: 'EdDSA', kid: keyId })).toString('base64url')
      const jws = `${header}.${Buffer.from(payload).toString('base64url')}.${signature}`
      expect(await findingsOf({ ...statement, signature: jws })).not.toEqual([])
    }
  })
})

describe('a private key of the settings', () => {
  const DER = 'MC4CAQAwBQYDK2VwBCIEIAcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcH'

  it('is read as DER in base64 and as PEM', () => {
    const seed = new Uint8Array(32).fill(7)
    expect(readPrivateKey(DER)).toEqual(seed)
    const line = (word: string) => `-----${word} PRIVATE KEY-----`
    const pem = [line('BEGIN'), DER, line('END'), ''].join('\n')
    expect(readPrivateKey(pem)).toEqual(seed)
  })

  it.each(['', 'x', DER.slice(4), DER.replace('MC4C', 'MC4D'), `${DER}AAAA`, '!'.repeat(64)])(
    '%j is rejected',
    (text) => {
      expect(readPrivateKey(text)).toBeUndefined()
    },
  )

  it('that was replaced is identified by the `x` of its public part', async () => {
    const [jwk] = await signerOf().publicKeys()
    expect(isPublicKey(jwk?.x ?? '')).toBe(true)
    for (const text of ['', 'x', `${jwk?.x}A`, `${jwk?.x.slice(0, -1)}_`])
      expect(isPublicKey(text)).toBe(false)
  })

  it('signs nothing if it is missing', async () => {
    const signer = createSigner(undefined, [])
    expect(signer.canSign).toBe(false)
    expect(await signer.publicKeys()).toEqual([])
    await expect(signer.sign('x')).rejects.toThrow('RECEIPT_KEY is not set')
  })
})
