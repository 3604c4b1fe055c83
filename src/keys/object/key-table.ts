/** API keys of an owner. Only hashes are stored. */
import { ok, refuse, type Result } from '../../common/result'
import { type Columns, integer, json, nullable, text } from '../../common/sql/columns'
import { firstValue, Table } from '../../common/sql/rows'
import type { ApiKey, KeyHolder, NewApiKey } from '../../events/core/stream'

export const MAX_KEYS = 20

/** Shortest time between two stored uses of a key. */
const USE_STORED_EVERY_MS = 60_000

type KeyRow = NewApiKey & ApiKey

const KEYS: Columns<KeyRow> = {
  uuid: text('uuid'),
  hash: text('hash'),
  name: text('name'),
  scopes: json('scopes'),
  tokenVersion: integer('token_version'),
  createdAtMs: integer('created_at_ms'),
  lastUsedAtMs: nullable(integer('last_used_at_ms')),
}

const toKey = ({ uuid, name, scopes, createdAtMs, lastUsedAtMs }: KeyRow): ApiKey => ({
  uuid,
  name,
  scopes,
  createdAtMs,
  lastUsedAtMs,
})

const revokedHash = (uuid: string): string => `revoked/${uuid}`

export class KeyTable {
  readonly #sql: SqlStorage
  readonly #rows: Table<KeyRow>
  readonly #setHash: (changed: Pick<KeyRow, 'hash'>, uuid: string) => void
  readonly #setUsed: (used: Pick<KeyRow, 'lastUsedAtMs'>, uuid: string) => void

  constructor(sql: SqlStorage) {
    this.#sql = sql
    this.#rows = new Table(sql, 'keys', KEYS)
    this.#setHash = this.#rows.updater(['hash'], 'WHERE uuid = ?')
    this.#setUsed = this.#rows.updater(['lastUsedAtMs'], 'WHERE uuid = ?')
  }

  /** Refuses `too_many_keys`. */
  create(key: NewApiKey, nowMs: number): Result<ApiKey> {
    const count = Number(firstValue(this.#sql, 'SELECT COUNT(*) FROM keys'))
    if (count >= MAX_KEYS) return refuse({ code: 'too_many_keys', limit: MAX_KEYS })
    const { uuid, hash, name, scopes, tokenVersion } = key
    const dates = { createdAtMs: nowMs, lastUsedAtMs: null }
    const row: KeyRow = { uuid, hash, name, scopes, tokenVersion, ...dates }
    this.#rows.insert(row)
    return ok(toKey(row))
  }

  /** Keys of this token version or a later one, oldest first. */
  list(minVersion: number): ApiKey[] {
    const inOrder = 'WHERE token_version >= ? ORDER BY created_at_ms, uuid'
    return this.#rows.all(inOrder, minVersion).map(toKey)
  }

  /** Ends a key. Its row remains until `remove`. Refuses `not_found`. */
  disable(uuid: string): Result<null> {
    if (!this.#rows.first('WHERE uuid = ?', uuid)) return refuse({ code: 'not_found' })
    this.#setHash({ hash: revokedHash(uuid) }, uuid)
    return ok(null)
  }

  isValid(uuid: string): boolean {
    const row = this.#rows.first('WHERE uuid = ?', uuid)
    return row !== undefined && row.hash !== revokedHash(uuid)
  }

  remove(uuid: string): void {
    this.#rows.delete('WHERE uuid = ?', uuid)
  }

  /** Removes keys that ended with the sessions of an earlier token version. @returns their UUIDs */
  removeBelow(minVersion: number): string[] {
    return this.#rows.remove('WHERE token_version < ?', minVersion).map(({ uuid }) => uuid)
  }

  /** Finds a key by its hash, and records its use, at most once a minute. */
  use(hash: string, nowMs: number): KeyHolder | null {
    const row = this.#rows.first('WHERE hash = ?', hash)
    if (!row) return null
    const { uuid: keyUuid, scopes, tokenVersion, lastUsedAtMs } = row
    if (lastUsedAtMs === null || nowMs - lastUsedAtMs >= USE_STORED_EVERY_MS)
      this.#setUsed({ lastUsedAtMs: nowMs }, keyUuid)
    return { keyUuid, scopes, tokenVersion }
  }
}
