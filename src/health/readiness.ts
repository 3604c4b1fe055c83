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

/** Throws if the part does not work. */
export type Probe = () => Promise<void>

export type Probes = Partial<Record<Part, Probe>>

export interface ReadinessDeps {
  readonly probes: Probes
  /** End of the last complete audit by cron; null before the first. */
  readonly lastAuditAtMs: () => Promise<number | null>
  readonly now: () => number
  readonly wait: (ms: number) => Promise<unknown>
}

const TIMEOUT_MS = 2000
const FRESH_MS = 5000
const LOOK_MS = 50

async function isAlive(deps: ReadinessDeps, part: Part, probe: Probe): Promise<boolean> {
  const timeOut = async () => {
    await deps.wait(TIMEOUT_MS)
    throw new Error(`no response within ${TIMEOUT_MS} ms`)
  }
  try {
    await Promise.race([probe(), timeOut()])
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

/**
 * Returns a function that finds the failing parts. One request at a time runs the probes, at most every few
 * seconds. Other requests poll for its result, or return the last one: in this runtime, a request cannot
 * wait for another one's I/O. If the probing request is cancelled, another one takes over.
 */
export function createReadiness(deps: ReadinessDeps): () => Promise<readonly Part[]> {
  let found: { readonly failing: readonly Part[]; readonly atMs: number } | undefined
  let askingUntilMs = 0
  return async () => {
    for (;;) {
      const nowMs = deps.now()
      const isAsking = nowMs < askingUntilMs
      if (found && (isAsking || nowMs < found.atMs + FRESH_MS)) return found.failing
      if (!isAsking) {
        askingUntilMs = nowMs + 2 * TIMEOUT_MS
        found = { failing: await findFailing(deps), atMs: deps.now() }
        askingUntilMs = 0
        return found.failing
      }
      await deps.wait(LOOK_MS)
    }
  }
}
