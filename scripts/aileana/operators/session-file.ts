/** File of the sessions that `log-in` began, by the origin of the service. Only its owner can read it. */
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { env } from 'node:process'
import { fail } from '../../cli/program.ts'

export interface StoredSession {
  readonly token: string
  readonly email: string
  /** RFC 3339. */
  readonly expires_at: string
}

type Sessions = Readonly<Record<string, StoredSession>>

/** `.wrangler` is ignored by git. */
const DEFAULT_PATH = join(import.meta.dirname, '../../../.wrangler/aileana-session.json')

const pathOf = (): string => env['AILEANA_SESSION_FILE']?.trim() || DEFAULT_PATH

function readSessions(): Sessions {
  const path = pathOf()
  if (!existsSync(path)) return {}
  try {
    const read: unknown = JSON.parse(readFileSync(path, 'utf8'))
    if (typeof read === 'object' && read !== null) return read as Sessions
  } catch {
    /* reported below */
  }
  return fail(`${path} cannot be read. Delete it and log in again.`)
}

/** Replaces the file as a whole, so that no reader sees a part of it. */
function write(sessions: Sessions): void {
  const path = pathOf()
  mkdirSync(dirname(path), { recursive: true })
  const next = `${path}.${process.pid}`
  writeFileSync(next, `${JSON.stringify(sessions, null, 2)}\n`, { mode: 0o600, flag: 'wx' })
  renameSync(next, path)
}

const without = (sessions: Sessions, origin: string): Sessions =>
  Object.fromEntries(Object.entries(sessions).filter(([other]) => other !== origin))

/** @returns `undefined` without a session, and after its end */
export function readSession(origin: string, nowMs: number): StoredSession | undefined {
  const session = readSessions()[origin]
  return session && nowMs < Date.parse(session.expires_at) ? session : undefined
}

export const storeSession = (origin: string, session: StoredSession): void =>
  write({ ...readSessions(), [origin]: session })

export function removeSession(origin: string): void {
  const sessions = readSessions()
  if (Object.hasOwn(sessions, origin)) write(without(sessions, origin))
}
