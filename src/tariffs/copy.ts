/**
 * An isolate's copy of the versions in force. A version is approved five minutes before it takes effect, and no copy is
 * used when it is older than four. So every copy in use has every version that may be in effect, and the version of an
 * instant depends on the instant alone. The fifth minute allows for clocks that differ.
 */
import { logError } from '../common/log'
import { ok, refuse, type Result } from '../common/result'
import { decodeRows } from './core/content'
import { effectiveAt, nextChangeMs } from './core/version'
import { PUBLISHED, type Tariff, tariffOf } from './tariff'
import type { CopiedVersion } from './tariffs-object'

/** Until this age, a copy is used without a refresh. */
export const FRESH_MS = 60_000
/** Until this age, a copy is used. */
export const USABLE_MS = 4 * 60_000
/** A clock that was set back this far invalidates the copy. */
const CLOCK_STEP_MS = 60_000
/** Shortest time from the start of a background refresh to the next one. */
const RETRY_MS = 5000
/** A read that takes longer is presumed lost, and the next request starts another. */
const READ_TIMEOUT_MS = 10_000

export type CopyUse = 'fresh' | 'refresh in background' | 'read first'

/** @param ageMs time since the start of the read, or `undefined` without a copy */
export function useOfCopy(ageMs: number | undefined): CopyUse {
  if (ageMs === undefined || ageMs < -CLOCK_STEP_MS || ageMs > USABLE_MS) return 'read first'
  return ageMs <= FRESH_MS ? 'fresh' : 'refresh in background'
}

export interface TariffCopyDeps {
  /** Reads the versions in force. @param known hashes of versions whose rows are not needed again */
  readonly readVersions: (known: readonly string[]) => Promise<readonly CopiedVersion[]>
  readonly now: () => number
  /** Keeps work running after the response. */
  readonly background: (work: Promise<unknown>) => void
  /** Tariff before the first version takes effect. */
  readonly fallback: Tariff
}

interface Known {
  readonly effectiveAtMs: number
  readonly hash: string
  readonly tariff: Tariff
}

interface Reading {
  readonly id: symbol
  readonly done: Promise<void>
  readonly sinceMs: number
}

interface Copy {
  /** Time at which the read began, so the copy is at least as recent. */
  readonly readAtMs: number
  readonly versions: readonly Known[]
}

/** Tariff of an instant, and the instant of the next change that the copy knows. */
export interface TariffAt {
  readonly tariff: Tariff
  readonly nextChangeMs: number | undefined
}

export type ReadTariffAt = (atMs: number) => Promise<Result<TariffAt>>

/** Keeps the versions that are known already, because building an index takes time. */
function copyOf(
  copied: readonly CopiedVersion[],
  earlier: Copy | undefined,
  readAtMs: number,
): Copy {
  const versions = copied.map(({ version, effectiveAtMs, hash, content }): Known => {
    const known = earlier?.versions.find((one) => one.hash === hash)
    if (known) return known
    if (content === null) throw new Error(`the rows of tariff version ${version} are missing`)
    return { effectiveAtMs, hash, tariff: tariffOf(PUBLISHED, version, decodeRows(content)) }
  })
  return { readAtMs, versions }
}

/**
 * Creates the reader of an isolate. It refuses `tariffs_unavailable` if the copy is missing or too old and cannot be
 * read. Requests share one read.
 */
export function createTariffCopy(deps: TariffCopyDeps): ReadTariffAt {
  let copy: Copy | undefined
  let reading: Reading | undefined
  let refreshedAtMs = -Infinity

  async function read(sinceMs: number, isLatest: () => boolean): Promise<void> {
    const earlier = copy
    const copied = await deps.readVersions(earlier?.versions.map(({ hash }) => hash) ?? [])
    /** A read that was presumed lost must not replace a later copy. */
    if (isLatest()) copy = copyOf(copied, earlier, sinceMs)
  }

  /** Starts a read, or joins the one that is running. */
  function share(): Promise<void> {
    const sinceMs = deps.now()
    if (reading && Math.abs(sinceMs - reading.sinceMs) < READ_TIMEOUT_MS) return reading.done
    const id = Symbol()
    const isLatest = () => reading?.id === id
    const done = read(sinceMs, isLatest).finally(() => {
      if (isLatest()) reading = undefined
    })
    reading = { id, done, sinceMs }
    /** The read outlives a client that disconnects, because other requests wait for it. */
    deps.background(done.catch(() => undefined))
    return done
  }

  function refresh(): void {
    const nowMs = deps.now()
    if (Math.abs(nowMs - refreshedAtMs) < RETRY_MS) return
    refreshedAtMs = nowMs
    deps.background(share().catch((error: unknown) => logError('tariffs_refresh_failed', error)))
  }

  const useAt = (atMs: number): CopyUse => useOfCopy(copy && atMs - copy.readAtMs)

  return async (atMs) => {
    const use = useAt(atMs)
    if (use === 'refresh in background') refresh()
    if (use === 'read first')
      try {
        await share()
      } catch (error) {
        logError('tariffs_read_failed', error)
        return refuse({ code: 'tariffs_unavailable' })
      }
    if (!copy || useAt(atMs) === 'read first') return refuse({ code: 'tariffs_unavailable' })
    const { versions } = copy
    return ok({
      tariff: effectiveAt(versions, atMs)?.tariff ?? deps.fallback,
      nextChangeMs: nextChangeMs(versions, atMs),
    })
  }
}
