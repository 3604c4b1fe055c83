/**
 * Lock of a state folder, so that only one service uses it. It is SQLite's exclusive lock on a file. The
 * operating system releases it when the process ends, so it is never stale. It also works between
 * containers, where a process ID has no meaning.
 */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

export interface Owner {
  readonly pid: number
  readonly host: string
  /** 0 until it is known. */
  readonly port: number
  readonly startedAt: string
}

export interface StateLock {
  readonly owner: Owner
  /** Records the port on which the owner serves. */
  readonly notePort: (port: number) => void
}

const SQLITE_BUSY = 5
/** Attempts to read the owner, who may hold the lock but not have written its record yet. */
const LOOKS = 10
const LOOK_MS = 100

const lockFile = (folder: string) => join(folder, 'service.lock')
const ownerFile = (folder: string) => join(folder, 'service.json')

const isOwner = (value: unknown): value is Owner =>
  typeof value === 'object' &&
  value !== null &&
  ['pid', 'port'].every((name) => Number.isInteger(Reflect.get(value, name))) &&
  ['host', 'startedAt'].every((name) => typeof Reflect.get(value, name) === 'string')

function readOwner(folder: string): Owner | undefined {
  try {
    const value: unknown = JSON.parse(readFileSync(ownerFile(folder), 'utf8'))
    return isOwner(value) ? value : undefined
  } catch {
    return undefined
  }
}

/** Writes atomically, so that a reader never sees a part. */
function writeOwner(folder: string, owner: Owner): void {
  const fresh = `${ownerFile(folder)}.${owner.pid}`
  writeFileSync(fresh, `${JSON.stringify(owner)}\n`)
  renameSync(fresh, ownerFile(folder))
}

function isGone({ pid, host }: Owner): boolean {
  if (host !== hostname()) return false
  try {
    process.kill(pid, 0)
    return false
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ESRCH'
  }
}

function findOwner(folder: string): Owner | undefined {
  for (let look = 0; look < LOOKS; look++) {
    const owner = readOwner(folder)
    if (owner && !isGone(owner)) return owner
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, LOOK_MS)
  }
  return undefined
}

/** Error message for a second service. */
export function heldBy(owner: Owner | undefined, folder: string, host = hostname()): string {
  const advice = 'Stop it, or use another folder: --persist-to DIR.'
  if (!owner) return `Another service uses the state in ${folder}. ${advice}`
  const where = owner.host === host ? '' : ` on ${owner.host}`
  const port = owner.port === 0 ? '' : `, on port ${owner.port}`
  return `Another service uses the state in ${folder}: process ${owner.pid}${where}${port}, since ${owner.startedAt}. ${advice}`
}

/** Keeps connections open until the process ends: garbage collection of one would release its lock. */
const held: DatabaseSync[] = []

/** @returns the lock, or an error message if another process holds it or the folder cannot be locked */
export function lockState(folder: string, owner: Owner): StateLock | string {
  try {
    mkdirSync(folder, { recursive: true })
    const lock = new DatabaseSync(lockFile(folder))
    held.push(lock)
    lock.exec('BEGIN EXCLUSIVE')
    writeOwner(folder, owner)
  } catch (error) {
    if (error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY)
      return heldBy(findOwner(folder), folder)
    const cause = error instanceof Error ? error.message : String(error)
    return `The state in ${folder} cannot be locked: ${cause}. Use another folder: --persist-to DIR.`
  }
  return { owner, notePort: (port) => writeOwner(folder, { ...owner, port }) }
}
