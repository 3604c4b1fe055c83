/** Reads what coturn's command line prints about sessions, and selects those to cancel. Pure. */
import { expiresAtMsOf } from './credentials.ts'

const USER = /^ {4}user: <(.*)>, (\d+) sessions$/
const SESSION = /^ {4}\d+\) id=(\d{1,20}), user <(.*)>:$/
const TOTAL = /^ {2}Total sessions: (\d+)$/m

const linesOf = (output: string): string[] => output.split(/\r?\n/)

/**
 * Reads the output of `pu`, which lists the usernames of all sessions. Unlike `ps`, it has no limit of lines.
 * @throws an error if the output is not complete, so that no session is overlooked
 */
export function parseUsernames(output: string): string[] {
  const users = linesOf(output).flatMap((line) => {
    const [, username = '', sessions] = USER.exec(line) ?? []
    return sessions === undefined ? [] : [{ username, sessions: Number(sessions) }]
  })
  const total = TOTAL.exec(output.replaceAll('\r', ''))?.[1]
  const counted = users.reduce((sum, { sessions }) => sum + sessions, 0)
  if (total === undefined || Number(total) !== counted)
    throw new Error("coturn's list of users is incomplete")
  return users.map(({ username }) => username)
}

/** Reads the output of `ps <username>`. It has at most 256 sessions; a later sweep finds the others. */
export const parseSessionIds = (output: string, username: string): string[] =>
  linesOf(output).flatMap((line) => {
    const [, id, user] = SESSION.exec(line) ?? []
    return id !== undefined && user === username ? [id] : []
  })

/** Selects expired and revoked usernames. Leaves usernames without an expiry, which others manage. */
export const usernamesToCancel = (
  usernames: readonly string[],
  isRevoked: (username: string) => boolean,
  nowMs: number,
): string[] =>
  usernames.filter((username) => {
    const expiresAtMs = expiresAtMsOf(username)
    return expiresAtMs !== undefined && (expiresAtMs <= nowMs || isRevoked(username))
  })
