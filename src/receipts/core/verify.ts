/**
 * Verifies a receipt or a signed statement from its file and the service's public keys alone. Names each altered field
 * and entry. Pure but for WebCrypto; the command and the page share it.
 */
import { emptyLedger, type LedgerHead } from '../../wallets/core/ledger.ts'
import { chainFindings, readPoint } from './chain.ts'
import { canonicalJson, type Json } from './canonical.ts'
import { isSignedBy, type Jws, type PublicKeys, readJws } from './jws.ts'
import type { ReceiptContent } from './receipt.ts'
import type { StatementHead } from './statement.ts'

/** Enough for statements of some 100,000 entries. */
export const MAX_FILE_BYTES = 64 * 1024 * 1024

const MAX_FINDINGS = 20

/** Owner that the file names. This part is not signed. */
export interface Holder {
  readonly name: string
  readonly email: string
}

export type Verified =
  | {
      readonly isGenuine: true
      readonly content: ReceiptContent | StatementHead
      readonly keyId: string
      readonly holder: Holder | undefined
    }
  /** `isUnreadable`: the file is neither a receipt nor a statement. */
  | {
      readonly isGenuine: false
      readonly findings: readonly string[]
      readonly isUnreadable?: true
    }

const unreadable = (finding: string): Verified => ({
  isGenuine: false,
  findings: [finding],
  isUnreadable: true,
})

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const TOKENS = /"(?:[^"\\]|\\.)*"|[{}[\]:]/g

/** Finds a key that an object has twice. Programs differ in which of the two values they show. */
function repeatedKey(json: string): string | undefined {
  const objects: Set<string>[] = []
  let text = ''
  for (const [token] of json.matchAll(TOKENS)) {
    if (token === '{' || token === '[') objects.push(new Set())
    else if (token === '}' || token === ']') objects.pop()
    else if (token === ':') {
      const key = JSON.parse(text) as string
      if (objects.at(-1)?.has(key)) return key
      objects.at(-1)?.add(key)
    } else text = token
  }
  return undefined
}

const print = (value: unknown): string =>
  typeof value === 'string' ? value : JSON.stringify(value)

/** Yields one sentence for each field of the readable part that differs from the signed one. */
function* differences(found: unknown, signed: unknown, path: string): Generator<string> {
  if (isObject(found) && isObject(signed)) {
    for (const key of new Set([...Object.keys(signed), ...Object.keys(found)])) {
      const field = path === '' ? key : `${path}.${key}`
      if (!Object.hasOwn(found, key)) yield `${field}: is missing; ${print(signed[key])} is signed.`
      else if (!Object.hasOwn(signed, key)) yield `${field}: was added; it is not signed.`
      else yield* differences(found[key], signed[key], field)
    }
  } else if (canonicalText(found) !== canonicalText(signed))
    yield `${path}: the file says ${print(found)}, but ${print(signed)} is signed.`
}

/** Text for comparison. A fraction, which the service never writes, has no canonical form. */
function canonicalText(value: unknown): string | undefined {
  try {
    return canonicalJson(value as Json)
  } catch {
    return undefined
  }
}

async function signatureFinding(jws: Jws, keys: PublicKeys): Promise<string | undefined> {
  const key = keys.get(jws.keyId)
  if (!key)
    return `The key ${jws.keyId} is unknown: it is not among the service's public keys, so someone else may have signed the file.`
  if (await isSignedBy(jws, key)) return undefined
  return 'The signature does not match: the signed content or the signature was altered.'
}

interface Shape {
  readonly type: 'receipt' | 'statement'
  readonly fields: readonly string[]
}

const SHAPES: readonly Shape[] = [
  { type: 'receipt', fields: ['receipt', 'signature', 'holder'] },
  { type: 'statement', fields: ['entries', 'statement', 'signature'] },
]

const isOfWrongWallet = (opening: LedgerHead, walletUuid: string): boolean =>
  opening.seq === 0 && opening.hash !== emptyLedger(walletUuid).hash

/** @param file parsed content, which has the fields of the shape */
function* contentFindings(
  file: Record<string, unknown>,
  { type, fields }: Shape,
  signed: unknown,
): Generator<string, void> {
  const added = Object.keys(file).filter((key) => !fields.includes(key))
  for (const key of added) yield `${key}: was added; it is not signed.`
  if (!isObject(signed) || signed['type'] !== type) {
    yield `The signature is not that of a ${type}.`
    return
  }
  yield* differences(file[type], signed, '')
  if (type === 'receipt') return
  const head = signed as unknown as StatementHead
  const [opening, closing] = [head.opening, head.closing].map(readPoint)
  if (!opening || !closing) {
    yield 'The signed ends of the statement cannot be read.'
    return
  }
  if (isOfWrongWallet(opening, head.wallet_uuid))
    yield `The ledger does not begin with wallet ${head.wallet_uuid}: the statement is of another wallet.`
  yield* chainFindings(file['entries'] as unknown[], opening, closing)
}

function firstFindings(found: Iterable<string>): string[] {
  const findings: string[] = []
  for (const finding of found) {
    if (findings.length === MAX_FINDINGS) return [...findings, 'There are more findings.']
    findings.push(finding)
  }
  return findings
}

function holderOf(file: Record<string, unknown>): Holder | undefined {
  const { name, email } = Object(file['holder']) as Record<string, unknown>
  return typeof name === 'string' && typeof email === 'string' ? { name, email } : undefined
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}

/**
 * @param text content of the file
 * @returns the signed content, or findings that name each alteration
 * @throws if the platform has no Ed25519
 */
export async function verifyFile(text: string, keys: PublicKeys): Promise<Verified> {
  const file = parse(text.replace(/^\uFEFF/, ''))
  if (file === undefined)
    return unreadable('The file is not JSON: it is damaged, or is not a receipt.')
  const shape = isObject(file) ? SHAPES.find(({ type }) => Object.hasOwn(file, type)) : undefined
  if (
    !isObject(file) ||
    !shape ||
    typeof file['signature'] !== 'string' ||
    !isObject(file[shape.type])
  )
    return unreadable('The file is neither a receipt nor a signed statement of AIleana.')
  if (shape.type === 'statement' && !Array.isArray(file['entries']))
    return unreadable('The statement has no entries.')
  const repeated = repeatedKey(text)
  if (repeated !== undefined)
    return {
      isGenuine: false,
      findings: [`${repeated}: is there twice; one of the two was added.`],
    }
  const jws = readJws(file['signature'])
  if (!jws) return { isGenuine: false, findings: ['The signature cannot be read: it was altered.'] }
  const unsigned = await signatureFinding(jws, keys)
  const signed = parse(jws.payload)
  const altered = firstFindings(contentFindings(file, shape, signed))
  const findings = unsigned === undefined ? altered : [unsigned, ...altered]
  if (findings.length > 0) return { isGenuine: false, findings }
  const content = signed as ReceiptContent | StatementHead
  return { isGenuine: true, content, keyId: jws.keyId, holder: holderOf(file) }
}
