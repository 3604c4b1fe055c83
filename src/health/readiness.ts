/**
 * Whether the service can do its work: each part is asked, for a bounded time, and what was found out
 * stands for a while, so that whoever asks loads nothing.
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

/** Asks one part for a sign of life. Throws if there is none. */
export type Probe = () => Promise<void>

export type Probes = Partial<Record<Part, Probe>>

export interface ReadinessDeps {
  readonly probes: Probes
  readonly now: () => number
  readonly wait: (ms: number) => Promise<unknown>
}

const TIMEOUT_MS = 2000
const FRESH_MS = 5000
const LOOK_MS = 50

async function isAlive(deps: ReadinessDeps, part: Part, probe: Probe): Promise<boolean> {
  const timeOut = async () => {
    await deps.wait(TIMEOUT_MS)
    throw new Error(`no answer within ${TIMEOUT_MS} ms`)
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
 * The failing parts. One request at a time asks them, at most every few seconds; the others get what
 * it found, or found last. They look for it rather than wait with it: in this runtime a request may
 * not depend on another's I/O. One that went away while asking loses its turn.
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
