/** Stored form of a version's rows: JSON of short tuples, which a later release must be able to read. Pure. */
import type { CallType } from '../../wallets/core/wallet'
import type { Row } from './row'
import { sha256Hex } from '../../common/sha256'

type Tuple = [
  id: string,
  prefix: string,
  type: CallType | '',
  koboPerMinute: number | null,
  unitKobo: number,
  minimumSeconds: number,
  incrementSeconds: number,
  setupKobo: number,
]

/** Only ASCII: names, prefixes and numbers. One character is one byte. */
export const encodeRows = (rows: readonly Row[]): string =>
  JSON.stringify(
    rows.map((row): Tuple => [
      row.id,
      row.prefix,
      row.type ?? '',
      row.kobo_per_minute ?? null,
      row.unit_kobo,
      row.minimum_seconds,
      row.increment_seconds,
      row.setup_kobo,
    ]),
  )

export const decodeRows = (text: string): Row[] =>
  (JSON.parse(text) as Tuple[]).map(
    ([id, prefix, type, koboPerMinute, unit, minimum, increment, setup]): Row => ({
      id,
      prefix,
      ...(type !== '' && { type }),
      ...(koboPerMinute === null ? { forbidden: true } : { kobo_per_minute: koboPerMinute }),
      unit_kobo: unit,
      minimum_seconds: minimum,
      increment_seconds: increment,
      setup_kobo: setup,
    }),
  )

/** Size of a stored piece. A row of an object's SQLite holds at most 2 MB. */
const PIECE_LENGTH = 1_000_000

/** Divides a text into pieces that each fit into a row. */
export const piecesOf = (text: string): string[] =>
  Array.from({ length: Math.ceil(text.length / PIECE_LENGTH) }, (_, index) =>
    text.slice(index * PIECE_LENGTH, (index + 1) * PIECE_LENGTH),
  )

export const hashOf = (text: string): string => sha256Hex(text)

/** Everything that an approver sees and approves. */
export interface Proposal {
  readonly version: number
  readonly author: string
  readonly note: string
  readonly effectiveAtMs: number
  readonly rowsHash: string
}

/** Hash of a proposal. An approval names it, so nothing can change between reading and approving. */
export const proposalHash = (proposal: Proposal): string =>
  hashOf(
    JSON.stringify([
      proposal.version,
      proposal.author,
      proposal.note,
      proposal.effectiveAtMs,
      proposal.rowsHash,
    ]),
  )
