/**
 * Access tokens that the wallet rejects because their session ended. They are stored, and also held in
 * memory so that commands read no row. Beyond a thousand ended sessions, each command reads its own.
 */
import type { Caller, TokenRevocation } from '../../common/tokens/access-token'
import { type Columns, integer, text } from '../../common/sql/columns'
import { Selection, Table } from '../../common/sql/rows'

const HELD = 1000
/** Limit of expired rows that one revocation deletes: more than it adds. */
const REMOVED_AT_ONCE = 10

/** The only row of its table. Access tokens with an earlier version are rejected. */
interface TokenVersion {
  readonly id: number
  readonly minimum: number
}

interface EndedSession {
  readonly uuid: string
  readonly untilMs: number
}

const TOKEN_VERSION: Columns<TokenVersion> = { id: integer('id'), minimum: integer('minimum') }
const ENDED_SESSION: Columns<EndedSession> = { uuid: text('uuid'), untilMs: integer('until_ms') }
const HIGHEST = 'minimum = MAX(minimum, excluded.minimum)'
const EXPIRED = `WHERE uuid IN
  (SELECT uuid FROM ended_sessions WHERE until_ms < ? ORDER BY until_ms LIMIT ?)`

export class RevokedTokens {
  readonly #version: Table<TokenVersion>
  readonly #ended: Table<EndedSession>
  readonly #uuids: Selection<Pick<EndedSession, 'uuid'>>
  /** `undefined` if there are too many to hold in memory. */
  #sessions: Set<string> | undefined = new Set()
  #minVersion = 0

  constructor(sql: SqlStorage) {
    this.#version = new Table(sql, 'token_version', TOKEN_VERSION)
    this.#ended = new Table(sql, 'ended_sessions', ENDED_SESSION)
    this.#uuids = new Selection(sql, 'ended_sessions', { uuid: ENDED_SESSION.uuid })
  }

  load(): void {
    this.#minVersion = this.#version.first()?.minimum ?? 0
    const sessions = this.#uuids.all('LIMIT ?', HELD + 1)
    this.#sessions = sessions.length > HELD ? undefined : new Set(sessions.map(({ uuid }) => uuid))
  }

  has({ tokenVersion, sessionUuid }: Caller): boolean {
    return tokenVersion < this.#minVersion || this.#isEnded(sessionUuid)
  }

  #isEnded(uuid: string): boolean {
    if (this.#sessions) return this.#sessions.has(uuid)
    return this.#uuids.first('WHERE uuid = ?', uuid) !== undefined
  }

  /** Also deletes ended sessions whose last token has expired. */
  add(refusal: TokenRevocation, nowMs: number): void {
    if ('minVersion' in refusal) {
      this.#version.upsert({ id: 1, minimum: refusal.minVersion }, 'id', HIGHEST)
      this.#minVersion = Math.max(this.#minVersion, refusal.minVersion)
    } else {
      this.#ended.upsert({ uuid: refusal.sessionUuid, untilMs: refusal.untilMs }, 'uuid')
      this.#sessions?.add(refusal.sessionUuid)
    }
    for (const { uuid } of this.#ended.remove(EXPIRED, nowMs, REMOVED_AT_ONCE))
      this.#sessions?.delete(uuid)
    if (this.#sessions && this.#sessions.size > HELD) this.#sessions = undefined
  }
}
