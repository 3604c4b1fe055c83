/** Endpoints of a stream, kept in memory. Secrets are sealed. */
import { type Columns, integer, json, nullable, text, word } from '../../common/sql/columns'
import { Table } from '../../common/sql/rows'
import type { DisabledReason, Endpoint, EndpointStatus } from '../core/stream'

export interface EndpointRow extends Endpoint {
  readonly disabledAtMs: number | null
  /** Sealed. */
  readonly secret: string
  /** Sealed; it signs too until `previousSecretUntilMs`. */
  readonly previousSecret: string | null
  /** When the owner must be informed that the endpoint was disabled; null if that is done. */
  readonly noticeDueAtMs: number | null
}

const flag = (name: string) => {
  const { toSql, fromSql } = integer(name)
  return {
    name,
    toSql: (value: boolean) => toSql(value ? 1 : 0),
    fromSql: (stored: SqlStorageValue | undefined) => fromSql(stored) !== 0,
  }
}

const ENDPOINT: Columns<EndpointRow> = {
  uuid: text('uuid'),
  keyUuid: nullable(text('key_uuid')),
  url: text('url'),
  description: nullable(text('description')),
  types: nullable(json<readonly string[]>('types')),
  includePhone: flag('include_phone'),
  status: word<EndpointStatus>('status'),
  disabledReason: nullable(word<DisabledReason>('disabled_reason')),
  disabledAtMs: nullable(integer('disabled_at_ms')),
  cursor: integer('cursor'),
  failures: integer('failures'),
  failingSinceMs: nullable(integer('failing_since_ms')),
  nextAttemptAtMs: nullable(integer('next_attempt_at_ms')),
  secret: text('secret'),
  previousSecret: nullable(text('previous_secret')),
  previousSecretUntilMs: nullable(integer('previous_until_ms')),
  noticeDueAtMs: nullable(integer('notice_due_at_ms')),
  createdAtMs: integer('created_at_ms'),
}

export class EndpointTable {
  readonly #rows: Table<EndpointRow>
  readonly #cached = new Map<string, EndpointRow>()

  constructor(sql: SqlStorage) {
    this.#rows = new Table(sql, 'endpoints', ENDPOINT)
  }

  load(): void {
    this.#cached.clear()
    for (const row of this.#rows.all('ORDER BY created_at_ms, uuid'))
      this.#cached.set(row.uuid, row)
  }

  /** Oldest first. */
  all(): EndpointRow[] {
    return [...this.#cached.values()]
  }

  find(uuid: string): EndpointRow | undefined {
    return this.#cached.get(uuid)
  }

  save(row: EndpointRow): EndpointRow {
    this.#rows.upsert(row, 'uuid')
    this.#cached.set(row.uuid, row)
    return row
  }

  remove(uuid: string): void {
    this.#rows.delete('WHERE uuid = ?', uuid)
    this.#cached.delete(uuid)
  }
}

/** Without the sealed secrets. */
export const endpointOf = (row: EndpointRow, nowMs: number): Endpoint => ({
  uuid: row.uuid,
  keyUuid: row.keyUuid,
  url: row.url,
  description: row.description,
  types: row.types,
  includePhone: row.includePhone,
  status: row.status,
  disabledReason: row.disabledReason,
  cursor: row.cursor,
  failures: row.failures,
  failingSinceMs: row.failingSinceMs,
  nextAttemptAtMs: row.nextAttemptAtMs,
  previousSecretUntilMs: isSigning(row, nowMs) ? row.previousSecretUntilMs : null,
  createdAtMs: row.createdAtMs,
})

/** Reports whether the previous secret still signs. */
export const isSigning = ({ previousSecretUntilMs }: EndpointRow, nowMs: number): boolean =>
  previousSecretUntilMs !== null && previousSecretUntilMs > nowMs
