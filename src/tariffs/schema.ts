/** Tables of the `Tariffs` object. A released step is never edited. */
import { integer, nullable, text, word, type Columns } from '../common/sql/columns'
import type { TariffVersion } from './core/version'

export const VERSION: Columns<TariffVersion> = {
  version: integer('version'),
  state: word('state'),
  author: text('author'),
  approver: nullable(text('approver')),
  withdrawer: nullable(text('withdrawer')),
  note: text('note'),
  effectiveAtMs: integer('effective_at_ms'),
  proposedAtMs: integer('proposed_at_ms'),
  approvedAtMs: nullable(integer('approved_at_ms')),
  withdrawnAtMs: nullable(integer('withdrawn_at_ms')),
  rows: integer('row_count'),
  rowsHash: text('rows_hash'),
  hash: text('hash'),
}

/** Piece of a version's rows, or of the costs under version 0. */
export interface PieceRow {
  readonly version: number
  readonly piece: number
  readonly content: string
}

export const PIECE: Columns<PieceRow> = {
  version: integer('version'),
  piece: integer('piece'),
  content: text('content'),
}

export interface CostsRow {
  readonly id: number
  readonly author: string
  readonly setAtMs: number
  readonly rows: number
  readonly hash: string
}

export const COSTS: Columns<CostsRow> = {
  id: integer('id'),
  author: text('author'),
  setAtMs: integer('set_at_ms'),
  rows: integer('row_count'),
  hash: text('hash'),
}

export const TARIFF_STEPS: readonly string[] = [
  `CREATE TABLE versions (version INTEGER PRIMARY KEY, state TEXT NOT NULL, author TEXT NOT NULL, approver TEXT,
     withdrawer TEXT, note TEXT NOT NULL, effective_at_ms INTEGER NOT NULL, proposed_at_ms INTEGER NOT NULL,
     approved_at_ms INTEGER, withdrawn_at_ms INTEGER, row_count INTEGER NOT NULL, rows_hash TEXT NOT NULL,
     hash TEXT NOT NULL,
     CHECK (approver IS NULL OR approver <> author),
     CHECK (state <> 'approved' OR (approver IS NOT NULL AND approved_at_ms IS NOT NULL
       AND effective_at_ms >= approved_at_ms + 300000)));
   CREATE UNIQUE INDEX versions_effective ON versions (effective_at_ms) WHERE state = 'approved';
   CREATE INDEX versions_withdrawn ON versions (withdrawn_at_ms) WHERE state = 'withdrawn';
   CREATE INDEX versions_drafts ON versions (version) WHERE state = 'draft';
   CREATE TRIGGER versions_fixed BEFORE UPDATE OF version, author, note, effective_at_ms, proposed_at_ms, row_count,
     rows_hash, hash ON versions BEGIN SELECT RAISE(ABORT, 'a version never changes'); END;
   CREATE TRIGGER versions_kept BEFORE DELETE ON versions WHEN old.approved_at_ms IS NOT NULL
     BEGIN SELECT RAISE(ABORT, 'an approved version is kept'); END;
   CREATE TABLE pieces (version INTEGER NOT NULL, piece INTEGER NOT NULL, content TEXT NOT NULL,
     PRIMARY KEY (version, piece)) WITHOUT ROWID;
   CREATE TRIGGER pieces_fixed BEFORE UPDATE ON pieces BEGIN SELECT RAISE(ABORT, 'a version never changes'); END;
   CREATE TRIGGER pieces_kept BEFORE DELETE ON pieces
     WHEN EXISTS (SELECT 1 FROM versions WHERE version = old.version AND approved_at_ms IS NOT NULL)
     BEGIN SELECT RAISE(ABORT, 'an approved version is kept'); END;
   CREATE TABLE costs (id INTEGER PRIMARY KEY CHECK (id = 1), author TEXT NOT NULL, set_at_ms INTEGER NOT NULL,
     row_count INTEGER NOT NULL, hash TEXT NOT NULL);
   CREATE TABLE last_version (id INTEGER PRIMARY KEY CHECK (id = 1), version INTEGER NOT NULL);
   INSERT INTO last_version (id, version) VALUES (1, 0);`,
]
