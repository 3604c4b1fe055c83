/** Follows the chain of a statement, and names each alteration as exactly as the seals allow. Pure. */
import {
  kobo,
  parseNaira,
  formatNaira,
  subtractKobo,
  addKobo,
  type Kobo,
} from '../../common/money.ts'
import {
  type Entry,
  followChain,
  isKnownKind,
  type LedgerHead,
  POSTING_KIND_NAMES,
  POSTING_KINDS,
  sealOf,
  walletGainKobo,
} from '../../wallets/core/ledger.ts'
import { presentEntry, type StatementEntry, type StatementPoint } from './statement.ts'

const HASH = /^[\da-f]{64}$/

const isCount = (value: unknown): value is number =>
  Number.isSafeInteger(value) && Number(value) >= 0

/** Parses an amount in its canonical form. */
function readAmount(value: unknown): Kobo | undefined {
  const amount = typeof value === 'string' ? parseNaira(value) : undefined
  return amount !== undefined && formatNaira(amount) === value ? amount : undefined
}

/** Parses a time in its canonical form. */
function readTime(value: unknown): number | undefined {
  const ms = typeof value === 'string' ? Date.parse(value) : NaN
  return !Number.isNaN(ms) && new Date(ms).toISOString() === value ? ms : undefined
}

/** @param point any value, if the signature does not match */
export function readPoint(point: StatementPoint): LedgerHead | undefined {
  const { seq, hash, balance } = Object(point) as StatementPoint
  const balanceKobo = readAmount(balance)
  if (!isCount(seq) || !HASH.test(hash) || balanceKobo === undefined) return undefined
  return { seq, hash, balanceKobo }
}

type ReadEntry =
  | { readonly entry: Entry }
  | { readonly fault: { readonly field: string; readonly message: string } }

const FIELDS = [
  'seq',
  'kind',
  'from',
  'to',
  'amount',
  'balance',
  'reference',
  'source_uuid',
  'posted_at',
  'previous_hash',
  'hash',
] as const satisfies readonly (keyof StatementEntry)[]

function readEntry(value: unknown): ReadEntry {
  const fields = Object(value) as Record<string, unknown>
  const fault = (field: string, message: string) => ({ fault: { field, message } })
  for (const field of FIELDS) if (!Object.hasOwn(fields, field)) return fault(field, 'is missing')
  const unknown = Object.keys(fields).find((field) => !FIELDS.some((known) => known === field))
  if (unknown !== undefined) return fault(unknown, 'was added')
  const { seq, kind, from, to, reference, source_uuid, previous_hash, hash } = fields
  const texts = { kind, from, to, reference, source_uuid, previous_hash, hash }
  for (const [field, text] of Object.entries(texts))
    if (typeof text !== 'string') return fault(field, 'is not a text')
  if (!isCount(seq)) return fault('seq', 'is not a position')
  const amountKobo = readAmount(fields['amount'])
  if (amountKobo === undefined) return fault('amount', 'is not an amount such as 100.00')
  const balanceKobo = readAmount(fields['balance'])
  if (balanceKobo === undefined) return fault('balance', 'is not an amount such as 100.00')
  const postedAtMs = readTime(fields['posted_at'])
  if (postedAtMs === undefined)
    return fault('posted_at', 'is not a time such as 2026-03-14T10:15:30.000Z')
  const entry = {
    seq,
    kind,
    from,
    to,
    amountKobo,
    balanceKobo,
    reference,
    sourceUuid: source_uuid,
    postedAtMs,
    previousHash: previous_hash,
    hash,
  } as Entry
  return { entry }
}

const isSealed = (entry: Entry): boolean => sealOf(entry) === entry.hash

/** Yields the entry with one field replaced by the value that the rest of the chain implies. */
function* candidates(head: LedgerHead, entry: Entry, nextHash: string): Generator<Entry> {
  yield { ...entry, seq: head.seq + 1 }
  yield { ...entry, previousHash: head.hash }
  if (isKnownKind(entry.kind)) {
    const { from, to } = POSTING_KINDS[entry.kind]
    yield { ...entry, from }
    yield { ...entry, to }
  }
  for (const kind of POSTING_KIND_NAMES) {
    const { from, to } = POSTING_KINDS[kind]
    if (from === entry.from && to === entry.to) yield { ...entry, kind }
  }
  const gainKobo = subtractKobo(entry.balanceKobo, head.balanceKobo)
  yield { ...entry, amountKobo: kobo(Math.abs(gainKobo)) }
  yield { ...entry, balanceKobo: addKobo(head.balanceKobo, walletGainKobo(entry)) }
  yield { ...entry, hash: nextHash }
}

/** Finds the only altered field of an entry, if the chain determines its true value. */
function repaired(head: LedgerHead, entry: Entry, nextHash: string): Entry | undefined {
  for (const candidate of candidates(head, entry, nextHash))
    if (isSealed(candidate) && !followChain(head, [candidate]).broken) return candidate
  return undefined
}

function differenceOf(stated: Entry, sealed: Entry): string {
  const [found, right] = [presentEntry(stated), presentEntry(sealed)]
  const field = FIELDS.find((name) => found[name] !== right[name]) ?? 'hash'
  return `${field}: the file says ${found[field]}, but ${right[field]} is sealed.`
}

/** `Entry 5 is`, or `Entries 5 to 8 are`. */
const span = (first: number, last: number): string =>
  first === last ? `Entry ${first} is` : `Entries ${first} to ${last} are`

/** Yields positions that are missing, repeated, outside the signed ends, or out of order. */
function* orderFindings(
  seqs: readonly number[],
  opening: number,
  closing: number,
): Generator<string> {
  const seen = new Set<number>()
  for (const seq of seqs) {
    if (seen.has(seq)) yield `Entry ${seq} was added: it is there twice.`
    else if (seq <= opening || seq > closing)
      yield `Entry ${seq} was added: the statement is signed for entries ${opening + 1} to ${closing}.`
    seen.add(seq)
  }
  let next = opening + 1
  for (const seq of [...seen].toSorted((a, b) => a - b)) {
    if (seq < next || seq > closing) continue
    if (seq > next) yield `${span(next, seq - 1)} missing.`
    next = seq + 1
  }
  if (next <= closing) yield `${span(next, closing)} missing.`
  const back = seqs.findIndex((seq, index) => index > 0 && seq < (seqs[index - 1] ?? 0))
  if (back > 0) yield `Entry ${seqs[back]} is out of order: it is after entry ${seqs[back - 1]}.`
}

/** Head before an entry, as the entry itself states it. Used after a gap. */
const claimedStart = (entry: Entry): LedgerHead => ({
  seq: entry.seq - 1,
  hash: entry.previousHash,
  balanceKobo: subtractKobo(entry.balanceKobo, walletGainKobo(entry)),
})

function* entryFindings(entries: readonly Entry[], opening: LedgerHead, closing: LedgerHead) {
  let head = opening
  for (const [index, entry] of entries.entries()) {
    const start = entry.seq === head.seq + 1 ? head : claimedStart(entry)
    if (!followChain(start, [entry]).broken) {
      head = entry
      continue
    }
    const nextHash = entries[index + 1]?.previousHash ?? closing.hash
    const sealed = repaired(start, entry, nextHash)
    if (sealed) yield `Entry ${sealed.seq}, ${differenceOf(entry, sealed)}`
    else if (isSealed(entry) && entry.previousHash !== start.hash)
      yield `Entry ${entry.seq} does not follow from the previous one: it is from another ledger, or was replaced.`
    else
      yield `Entry ${entry.seq} does not match its hash: reference, source_uuid, posted_at or several fields were altered.`
    head = sealed ?? entry
  }
}

/** Corrects an entry whose position alone was altered. */
function withTruePosition(entry: Entry, seq: number): Entry {
  const moved = { ...entry, seq }
  return entry.seq !== seq && isSealed(moved) && !isSealed(entry) ? moved : entry
}

/**
 * Compares entries with the signed ends of a statement.
 * @returns one sentence for each alteration; none if the entries are exactly the sealed ones
 */
export function* chainFindings(
  values: readonly unknown[],
  opening: LedgerHead,
  closing: LedgerHead,
): Generator<string> {
  const entries: Entry[] = []
  for (const [index, value] of values.entries()) {
    const seq = opening.seq + 1 + index
    const read = readEntry(value)
    if ('fault' in read) {
      yield `Entry ${seq}, ${read.fault.field}: ${read.fault.message}.`
      continue
    }
    const entry = withTruePosition(read.entry, seq)
    if (entry !== read.entry) yield `Entry ${seq}, ${differenceOf(read.entry, entry)}`
    entries.push(entry)
  }
  /** An unreadable entry was already named. It would be reported as missing. */
  if (entries.length === values.length)
    yield* orderFindings(
      entries.map(({ seq }) => seq),
      opening.seq,
      closing.seq,
    )
  const ordered = entries.toSorted((a, b) => a.seq - b.seq)
  yield* entryFindings(ordered, opening, closing)
  const { head, broken } = followChain(opening, entries)
  const isClosed =
    head.seq === closing.seq &&
    head.hash === closing.hash &&
    head.balanceKobo === closing.balanceKobo
  if (!broken && !isClosed) yield 'The last entry is not the signed one.'
}
