/**
 * Readiness: probes each part with a time limit and caches the result, so that requests to `/ready` cause
 * little load.
 */
import { logError } from '../common/log'

export type Part =
  | 'configuration'
  | 'database'
  | 'objects'
  | 'wallets'
  | 'polls'
  | 'flood_guard'
  | 'quotas'
  | 'assets'
  | 'public_fetch'

/** Throws if the part does not work. */
export type Probe = () => Promise<void>

export type Probes = Partial<Record<Part, Probe>>

export interface ReadinessDeps {
  readonly probes: Probes
  readonly now: () => number
  readonly wait: (ms: number) => Promise<unknown>
  /** Returns when the last full pass of the audit ended; null before the first one. */
  readonly lastAuditAtMs: () => Promise<number | null>
}

export interface Readiness {
  readonly failing: readonly Part[]
  /** Null if it is unknown. */
  readonly lastAuditAtMs: number | null
}

const TIMEOUT_MS = 2000
const FRESH_MS = 5000
const LOOK_MS = 50

/** @throws if `run` throws or takes too long */
async function inTime<T>(deps: ReadinessDeps, run: () => Promise<T>): Promise<T> {
  const timeOut = async (): Promise<never> => {
    await deps.wait(TIMEOUT_MS)
    throw new Error(`no response within ${TIMEOUT_MS} ms`)
  }
  return Promise.race([run(), timeOut()])
}

async function isAlive(deps: ReadinessDeps, part: Part, probe: Probe): Promise<boolean> {
  try {
    await inTime(deps, probe)
    return true
  } catch (error) {
    logError('not_ready', error, { part })
    return false
  }
}

async function findFailing(deps: ReadinessDeps): Promise<Part[]> {
  const probes = Object.entries(deps.probes) as [Part, Probe][]
  const asked = probes.map(async ([part, probe]) =>
    (await isAlive(deps, part, probe)) ? [] : [part],
  )
  return (await Promise.all(asked)).flat()
}

/** A failure is logged and does not affect readiness. */
async function readLastAudit(deps: ReadinessDeps): Promise<number | null> {
  try {
    return await inTime(deps, deps.lastAuditAtMs)
  } catch (error) {
    logError('audit_progress_unknown', error)
    return null
  }
}

/** Reads the last audit only if no part fails, because a response about failures does not contain it. */
async function look(deps: ReadinessDeps): Promise<Readiness> {
  const failing = await findFailing(deps)
  return { failing, lastAuditAtMs: failing.length > 0 ? null : await readLastAudit(deps) }
}

/**
 * Returns a function that finds the failing parts. One request at a time runs the probes, at most every few
 * seconds. Other requests poll for its result, or return the last one: in this runtime, a request cannot
 * wait for another one's I/O. If the probing request is cancelled, another one takes over.
 */
export function createReadiness(deps: ReadinessDeps): () => Promise<Readiness> {
  let found: { readonly readiness: Readiness; readonly atMs: number } | undefined
  let askingUntilMs = 0
  return async () => {
    for (;;) {
      const nowMs = deps.now()
      const isAsking = nowMs < askingUntilMs
      if (found && (isAsking || nowMs < found.atMs + FRESH_MS)) return found.readiness
      if (!isAsking) {
        askingUntilMs = nowMs + 2 * TIMEOUT_MS
        found = { readiness: await look(deps), atMs: deps.now() }
        askingUntilMs = 0
        return found.readiness
      }
      await deps.wait(LOOK_MS)
    }
  }
}
