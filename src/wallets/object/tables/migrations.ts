/**
 * Schema steps of the wallet object's SQLite tables. A test compares the hashes of released steps.
 *
 * `change` is the revision that last wrote the row; rows above the watermark `projected_change` are not
 * in D1 yet. There are few indexes, because writes to an index are billed too. Entries are found by
 * position, above `projected_entry_seq`. One index of calls finds open calls and, by `closed_change`,
 * recently closed ones.
 */
export const SCHEMA_STEPS: readonly string[] = [
  `CREATE TABLE wallet (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    created_at_ms INTEGER NOT NULL,
    clock_ms INTEGER NOT NULL,
    posted_kobo INTEGER NOT NULL CHECK (typeof(posted_kobo) = 'integer' AND posted_kobo >= 0),
    entry_seq INTEGER NOT NULL,
    entry_hash TEXT NOT NULL,
    call_seq INTEGER NOT NULL,
    change INTEGER NOT NULL,
    projected_change INTEGER NOT NULL
  );
  CREATE TABLE entries (
    seq INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    from_account TEXT NOT NULL,
    to_account TEXT NOT NULL CHECK (to_account <> from_account),
    amount_kobo INTEGER NOT NULL CHECK (typeof(amount_kobo) = 'integer' AND amount_kobo > 0),
    balance_kobo INTEGER NOT NULL CHECK (typeof(balance_kobo) = 'integer' AND balance_kobo >= 0),
    reference TEXT NOT NULL UNIQUE,
    source_uuid TEXT NOT NULL,
    posted_at_ms INTEGER NOT NULL,
    previous_hash TEXT NOT NULL,
    hash TEXT NOT NULL,
    change INTEGER NOT NULL
  );
  CREATE INDEX entries_change ON entries (change);
  CREATE TRIGGER entries_keep BEFORE UPDATE ON entries
    BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
  CREATE TRIGGER entries_stay BEFORE DELETE ON entries
    BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
  CREATE TABLE calls (
    seq INTEGER PRIMARY KEY,
    uuid TEXT NOT NULL UNIQUE,
    recipient_phone TEXT NOT NULL,
    recipient_name TEXT,
    type TEXT NOT NULL,
    status TEXT NOT NULL,
    rate TEXT NOT NULL,
    ticket TEXT NOT NULL,
    hold_kobo INTEGER NOT NULL CHECK (typeof(hold_kobo) = 'integer' AND hold_kobo >= 0),
    charge_kobo INTEGER CHECK (charge_kobo IS NULL OR (typeof(charge_kobo) = 'integer' AND charge_kobo >= 0)),
    created_at_ms INTEGER NOT NULL,
    deadline_at_ms INTEGER NOT NULL,
    started_at_ms INTEGER CHECK (started_at_ms >= created_at_ms),
    ended_at_ms INTEGER CHECK (ended_at_ms >= COALESCE(started_at_ms, created_at_ms)),
    end_reason TEXT,
    change INTEGER NOT NULL,
    CHECK ((charge_kobo IS NULL) = (ended_at_ms IS NULL))
  );
  CREATE INDEX calls_open ON calls (seq) WHERE charge_kobo IS NULL;
  CREATE INDEX calls_change ON calls (change);
  CREATE TABLE transfers (
    uuid TEXT PRIMARY KEY,
    to_type TEXT NOT NULL,
    amount_kobo INTEGER NOT NULL CHECK (typeof(amount_kobo) = 'integer' AND amount_kobo > 0),
    status TEXT NOT NULL CHECK (status IN ('in_transit', 'delivered')),
    change INTEGER NOT NULL
  ) WITHOUT ROWID;
  CREATE INDEX transfers_in_transit ON transfers (uuid) WHERE status = 'in_transit';
  CREATE TABLE reversals (
    payment_uuid TEXT NOT NULL,
    reference TEXT NOT NULL,
    taken_kobo INTEGER NOT NULL CHECK (typeof(taken_kobo) = 'integer' AND taken_kobo >= 0),
    short_kobo INTEGER NOT NULL CHECK (typeof(short_kobo) = 'integer' AND short_kobo >= 0),
    PRIMARY KEY (payment_uuid, reference)
  ) WITHOUT ROWID;
  CREATE TABLE idempotency_keys (
    seq INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    fingerprint TEXT NOT NULL,
    answer TEXT NOT NULL,
    created_at_ms INTEGER NOT NULL
  );`,
  `UPDATE calls SET rate = json_set(rate, '$.version', 1);
  CREATE TABLE used_tickets (
    id TEXT PRIMARY KEY,
    expires_at_ms INTEGER NOT NULL
  ) WITHOUT ROWID;`,
  `CREATE TABLE token_version (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    minimum INTEGER NOT NULL
  );
  CREATE TABLE ended_sessions (
    uuid TEXT PRIMARY KEY,
    until_ms INTEGER NOT NULL
  ) WITHOUT ROWID;`,
  `ALTER TABLE wallet ADD COLUMN projected_entry_seq INTEGER NOT NULL DEFAULT 0;
  UPDATE wallet SET projected_entry_seq =
    (SELECT COALESCE(MAX(seq), 0) FROM entries WHERE change <= projected_change);
  ALTER TABLE calls ADD COLUMN closed_change INTEGER;
  UPDATE calls SET closed_change = change WHERE charge_kobo IS NOT NULL;
  CREATE INDEX calls_closed ON calls (closed_change);
  CREATE INDEX calls_ended ON calls (status) WHERE closed_change IS NOT NULL;
  CREATE INDEX entries_kind ON entries (kind);
  DROP INDEX calls_open;
  DROP INDEX calls_change;
  DROP INDEX entries_change;`,
  `CREATE TABLE alarm_backoff (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    failures INTEGER NOT NULL,
    retry_at_ms INTEGER NOT NULL
  );`,
  `CREATE INDEX ended_sessions_until ON ended_sessions (until_ms);
  CREATE INDEX used_tickets_expiry ON used_tickets (expires_at_ms);`,
  `ALTER TABLE wallet ADD COLUMN goodwill_kobo INTEGER NOT NULL DEFAULT 0
    CHECK (typeof(goodwill_kobo) = 'integer' AND goodwill_kobo >= 0);
  ALTER TABLE wallet ADD COLUMN debt_kobo INTEGER NOT NULL DEFAULT 0
    CHECK (typeof(debt_kobo) = 'integer' AND debt_kobo >= 0);
  ALTER TABLE wallet ADD COLUMN debt_source_uuid TEXT;
  ALTER TABLE wallet ADD COLUMN frozen_at_ms INTEGER;
  ALTER TABLE transfers ADD COLUMN goodwill_kobo INTEGER NOT NULL DEFAULT 0
    CHECK (typeof(goodwill_kobo) = 'integer' AND goodwill_kobo BETWEEN 0 AND amount_kobo);
  ALTER TABLE transfers ADD COLUMN payment_uuid TEXT;
  CREATE TABLE collections (
    uuid TEXT PRIMARY KEY,
    payment_uuid TEXT NOT NULL,
    amount_kobo INTEGER NOT NULL CHECK (typeof(amount_kobo) = 'integer' AND amount_kobo > 0),
    status TEXT NOT NULL CHECK (status IN ('open', 'answered'))
  ) WITHOUT ROWID;
  CREATE INDEX collections_open ON collections (uuid) WHERE status = 'open';`,
  `ALTER TABLE calls ADD COLUMN room_since_ms INTEGER;
  ALTER TABLE calls ADD COLUMN invited_at_ms INTEGER;
  ALTER TABLE calls ADD COLUMN acceptance_uuid TEXT;
  CREATE INDEX calls_lost ON calls (ended_at_ms)
    WHERE acceptance_uuid IS NOT NULL AND end_reason IN ('lost', 'failed');
  CREATE TABLE outbox (
    seq INTEGER PRIMARY KEY,
    destination TEXT NOT NULL,
    revision INTEGER NOT NULL,
    body TEXT NOT NULL,
    failures INTEGER NOT NULL,
    next_attempt_at_ms INTEGER NOT NULL
  );`,
  `ALTER TABLE wallet ADD COLUMN erased_at_ms INTEGER;
  ALTER TABLE wallet ADD COLUMN blanked_call_seq INTEGER NOT NULL DEFAULT 0;`,
  `ALTER TABLE wallet ADD COLUMN streamed_since_ms INTEGER;
  CREATE TABLE event_outbox (
    seq INTEGER PRIMARY KEY,
    destination TEXT NOT NULL,
    revision INTEGER NOT NULL,
    body TEXT NOT NULL,
    failures INTEGER NOT NULL,
    next_attempt_at_ms INTEGER NOT NULL
  );`,
]
