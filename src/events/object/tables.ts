/** Schema steps of the stream object's SQLite tables. A released step is never edited. */
export const STREAM_STEPS: readonly string[] = [
  `CREATE TABLE stream (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    opened_at_ms INTEGER,
    erased_at_ms INTEGER,
    upkeep_at_ms INTEGER,
    upkeep_failures INTEGER NOT NULL
  );
  CREATE TABLE events (
    sequence INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    type TEXT NOT NULL,
    version INTEGER NOT NULL,
    at_ms INTEGER NOT NULL,
    data TEXT NOT NULL,
    received_at_ms INTEGER NOT NULL
  );
  CREATE TABLE keys (
    uuid TEXT PRIMARY KEY,
    hash TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    scopes TEXT NOT NULL,
    token_version INTEGER NOT NULL,
    created_at_ms INTEGER NOT NULL,
    last_used_at_ms INTEGER
  ) WITHOUT ROWID;
  CREATE TABLE endpoints (
    uuid TEXT PRIMARY KEY,
    key_uuid TEXT,
    url TEXT NOT NULL,
    description TEXT,
    types TEXT,
    include_phone INTEGER NOT NULL,
    status TEXT NOT NULL,
    disabled_reason TEXT,
    disabled_at_ms INTEGER,
    cursor INTEGER NOT NULL,
    failures INTEGER NOT NULL,
    failing_since_ms INTEGER,
    next_attempt_at_ms INTEGER,
    secret TEXT NOT NULL,
    previous_secret TEXT,
    previous_until_ms INTEGER,
    notice_due_at_ms INTEGER,
    created_at_ms INTEGER NOT NULL
  ) WITHOUT ROWID;
  CREATE TABLE attempts (
    seq INTEGER PRIMARY KEY,
    endpoint_uuid TEXT NOT NULL,
    cause TEXT NOT NULL,
    event_id TEXT NOT NULL,
    event_type TEXT NOT NULL,
    sequence INTEGER,
    at_ms INTEGER NOT NULL,
    duration_ms INTEGER NOT NULL,
    status INTEGER,
    fault TEXT,
    response TEXT NOT NULL
  );
  CREATE INDEX attempts_endpoint ON attempts (endpoint_uuid, seq);
  CREATE TABLE replays (
    seq INTEGER PRIMARY KEY,
    endpoint_uuid TEXT NOT NULL,
    next_sequence INTEGER NOT NULL,
    last_sequence INTEGER NOT NULL,
    failures INTEGER NOT NULL
  );`,
]

/** Tables that an erasure empties: all but the row of the stream itself and the applied steps. */
export const ERASED_TABLES = ['events', 'keys', 'endpoints', 'attempts', 'replays'] as const
