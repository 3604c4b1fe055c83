/**
 * One service for each state folder. The lock is SQLite's exclusive lock on a file there, which the
 * operating system releases when its process ends, however that ends; so no lock is ever stale. It
 * holds between containers as well, where a process id would mean nothing.
 */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

export interface Owner {
  readonly pid: number
  readonly host: string
  /** 0 while it is not known. */
  readonly port: number
  readonly startedAt: string
}

export interface StateLock {
  readonly owner: Owner
  /** Notes the port on which the owner serves. */
  readonly notePort: (port: number) => void
}

const SQLITE_BUSY = 5
/** For an owner that has the lock and has not yet noted who it is. */
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

/** Whole or not at all, for a reader at any instant. */
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

/** The refusal of a second service, in one sentence. */
export function heldBy(owner: Owner | undefined, folder: string, host = hostname()): string {
  const advice = 'Stop it, or name another folder: --persist-to DIR.'
  if (!owner) return `Another service uses the state in ${folder}. ${advice}`
  const where = owner.host === host ? '' : ` on ${owner.host}`
  const port = owner.port === 0 ? '' : `, on port ${owner.port}`
  return `Another service uses the state in ${folder}: process ${owner.pid}${where}${port}, since ${owner.startedAt}. ${advice}`
}

/** Open until the process ends: a lock whose connection is collected would be released. */
const held: DatabaseSync[] = []

/** @returns the refusal where another process has the lock, or where the folder cannot be locked */
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
    return `The state in ${folder} cannot be locked: ${cause}. Name another folder: --persist-to DIR.`
  }
  return { owner, notePort: (port) => writeOwner(folder, { ...owner, port }) }
}
