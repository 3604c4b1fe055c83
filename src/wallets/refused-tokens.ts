/**
 * Which access tokens a wallet takes no more, since their session was ended. Stored, and held in
 * memory as well, so that a command reads no row to know.
 */
import type { Caller, TokenRefusal } from '../common/access-token'

export class RefusedTokens {
  readonly #sql: SqlStorage
  #sessions: ReadonlySet<string> = new Set()
  #minVersion = 0

  constructor(sql: SqlStorage) {
    this.#sql = sql
  }

  load(): void {
    const [row] = this.#sql.exec<{ minimum: number }>('SELECT minimum FROM token_version').toArray()
    this.#minVersion = row?.minimum ?? 0
    const sessions = this.#sql.exec<{ uuid: string }>('SELECT uuid FROM ended_sessions').toArray()
    this.#sessions = new Set(sessions.map(({ uuid }) => uuid))
  }

  has({ tokenVersion, sessionUuid }: Caller): boolean {
    return tokenVersion < this.#minVersion || this.#sessions.has(sessionUuid)
  }

  /** A session is forgotten once the last of its tokens has expired. */
  add(refusal: TokenRefusal, nowMs: number): void {
    if ('minVersion' in refusal)
      this.#sql.exec(
        `INSERT INTO token_version (id, minimum) VALUES (1, ?)
           ON CONFLICT (id) DO UPDATE SET minimum = MAX(minimum, excluded.minimum)`,
        refusal.minVersion,
      )
    else {
      const { sessionUuid, untilMs } = refusal
      this.#sql.exec(
        `INSERT INTO ended_sessions (uuid, until_ms) VALUES (?, ?)
           ON CONFLICT (uuid) DO UPDATE SET until_ms = excluded.until_ms`,
        sessionUuid,
        untilMs,
      )
    }
    this.load()
    this.#sql.exec('DELETE FROM ended_sessions WHERE until_ms < ?', nowMs)
  }
}
