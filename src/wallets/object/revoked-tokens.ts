/**
 * Which access tokens a wallet takes no more, since their session was ended. Stored, and held in
 * memory as well, so that a command reads no row to know. Beyond a thousand ended sessions none are
 * held, and each command looks its own up.
 */
import type { Caller, TokenRevocation } from '../../common/tokens/access-token'

const HELD = 1000
/** Rows that one refusal removes at most: more than it adds. */
const REMOVED_AT_ONCE = 10

const SAVE_MINIMUM = `INSERT INTO token_version (id, minimum) VALUES (1, ?)
  ON CONFLICT (id) DO UPDATE SET minimum = MAX(minimum, excluded.minimum)`
const SAVE_SESSION = `INSERT INTO ended_sessions (uuid, until_ms) VALUES (?, ?)
  ON CONFLICT (uuid) DO UPDATE SET until_ms = excluded.until_ms`
const REMOVE_EXPIRED = `DELETE FROM ended_sessions WHERE uuid IN
  (SELECT uuid FROM ended_sessions WHERE until_ms < ? ORDER BY until_ms LIMIT ?) RETURNING uuid`

export class RevokedTokens {
  readonly #sql: SqlStorage
  /** `undefined` if there are too many to hold. */
  #sessions: Set<string> | undefined = new Set()
  #minVersion = 0

  constructor(sql: SqlStorage) {
    this.#sql = sql
  }

  load(): void {
    const [row] = this.#sql.exec<{ minimum: number }>('SELECT minimum FROM token_version').toArray()
    this.#minVersion = row?.minimum ?? 0
    const query = 'SELECT uuid FROM ended_sessions LIMIT ?'
    const sessions = this.#sql.exec<{ uuid: string }>(query, HELD + 1).toArray()
    this.#sessions = sessions.length > HELD ? undefined : new Set(sessions.map(({ uuid }) => uuid))
  }

  has({ tokenVersion, sessionUuid }: Caller): boolean {
    return tokenVersion < this.#minVersion || this.#isEnded(sessionUuid)
  }

  #isEnded(uuid: string): boolean {
    if (this.#sessions) return this.#sessions.has(uuid)
    const query = 'SELECT uuid FROM ended_sessions WHERE uuid = ?'
    return this.#sql.exec(query, uuid).toArray().length > 0
  }

  /** A session is forgotten once the last of its tokens has expired. */
  add(refusal: TokenRevocation, nowMs: number): void {
    if ('minVersion' in refusal) {
      this.#sql.exec(SAVE_MINIMUM, refusal.minVersion)
      this.#minVersion = Math.max(this.#minVersion, refusal.minVersion)
    } else {
      this.#sql.exec(SAVE_SESSION, refusal.sessionUuid, refusal.untilMs)
      this.#sessions?.add(refusal.sessionUuid)
    }
    const removed = this.#sql.exec<{ uuid: string }>(REMOVE_EXPIRED, nowMs, REMOVED_AT_ONCE)
    for (const { uuid } of removed) this.#sessions?.delete(uuid)
    if (this.#sessions && this.#sessions.size > HELD) this.#sessions = undefined
  }
}
