/** Revoked usernames until they expire: in memory, and in a file that a restart reads. */
import { appendFileSync, existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { expiresAtMsOf } from './credentials.ts'

const ONLY_OWNER = 0o600
/** Number of expired lines that the file may have before it is rewritten. */
const MAX_EXPIRED_LINES = 10_000

export class RevokedUsernames {
  readonly #file: string
  #usernames: Set<string>
  #lines = 0

  /** @throws an error if the file cannot be read or written */
  constructor(file: string, nowMs: number) {
    this.#file = file
    const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n') : []
    this.#usernames = new Set(lines)
    this.#keepUnexpired(nowMs)
    this.#rewrite()
  }

  has(username: string): boolean {
    return this.#usernames.has(username)
  }

  /** @throws an error if the file cannot be written; the username is then revoked until a restart only */
  add(username: string): void {
    if (this.#usernames.has(username)) return
    this.#usernames.add(username)
    appendFileSync(this.#file, `${username}\n`, { mode: ONLY_OWNER, flush: true })
    this.#lines += 1
  }

  /** Forgets expired usernames, which coturn rejects by itself. */
  removeExpired(nowMs: number): void {
    this.#keepUnexpired(nowMs)
    if (this.#lines > this.#usernames.size + MAX_EXPIRED_LINES) this.#rewrite()
  }

  /** Lines without an expiry, such as the rest of an interrupted write, are removed too. */
  #keepUnexpired(nowMs: number): void {
    for (const username of this.#usernames)
      if ((expiresAtMsOf(username) ?? 0) <= nowMs) this.#usernames.delete(username)
  }

  #rewrite(): void {
    const text = [...this.#usernames].map((username) => `${username}\n`).join('')
    const next = `${this.#file}.next`
    writeFileSync(next, text, { mode: ONLY_OWNER, flush: true })
    renameSync(next, this.#file)
    this.#lines = this.#usernames.size
  }
}
