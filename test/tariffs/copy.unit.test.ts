import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import {
  createTariffCopy,
  FRESH_MS,
  type ReadTariffAt,
  USABLE_MS,
  useOfCopy,
} from '../../src/tariffs/copy'
import { encodeRows } from '../../src/tariffs/core/content'
import { effectiveAt, NOTICE_MS } from '../../src/tariffs/core/version'
import { readTariff } from '../../src/tariffs/tariff'
import type { CopiedVersion } from '../../src/tariffs/tariffs-object'
import { valueOf } from '../support/result'
import { rowOf } from '../support/tariff-rows'

const MINUTE_MS = 60_000
const START = Date.parse('2126-03-14T10:00:00.000Z')
const CONTENT = encodeRows([rowOf('+')])

beforeEach(() => {
  vi.spyOn(console, 'error').mockImplementation(() => undefined)
})
afterEach(() => {
  vi.restoreAllMocks()
})

it.each([
  [undefined, 'read first'],
  [0, 'fresh'],
  [FRESH_MS, 'fresh'],
  [FRESH_MS + 1, 'refresh in background'],
  [USABLE_MS, 'refresh in background'],
  [USABLE_MS + 1, 'read first'],
  [-MINUTE_MS, 'fresh'],
  [-MINUTE_MS - 1, 'read first'],
] as const)('a copy of age %s is used as: %s', (ageMs, use) => {
  expect(useOfCopy(ageMs)).toBe(use)
})

const versionOf = (version: number, effectiveAtMs: number): CopiedVersion => ({
  version,
  effectiveAtMs,
  hash: `h${version}`,
  content: CONTENT,
})

/** An isolate whose clock and reads the test controls. */
function isolate(answer: (known: readonly string[]) => Promise<readonly CopiedVersion[]>) {
  const world = {
    nowMs: START,
    reads: [] as (readonly string[])[],
    works: [] as Promise<unknown>[],
  }
  const tariff = createTariffCopy({
    readVersions: (known) => {
      world.reads.push(known)
      return answer(known)
    },
    now: () => world.nowMs,
    background: (work) => world.works.push(work),
    fallback: readTariff(undefined),
  })
  const versionNow = async () => {
    const { tariff: found } = valueOf(await tariff(world.nowMs))
    return found.id === 'published' ? found.version : 0
  }
  return { world, tariff, versionNow, settled: () => Promise.all(world.works) }
}

describe("an isolate's copy", () => {
  it('is read once for all requests of a cold isolate', async () => {
    const { world, versionNow } = isolate(() => Promise.resolve([versionOf(3, START)]))
    expect(await Promise.all(Array.from({ length: 20 }, versionNow))).toEqual(Array(20).fill(3))
    expect(world.reads).toEqual([[]])
  })

  it('is used without a read for a minute, then refreshed beside the request', async () => {
    const copies = [[versionOf(1, START)], [versionOf(1, START), versionOf(2, START + 1)]]
    const { world, versionNow, settled } = isolate(() => Promise.resolve(copies.shift() ?? []))
    expect(await versionNow()).toBe(1)
    world.nowMs += FRESH_MS
    expect(await versionNow()).toBe(1)
    expect(world.reads).toHaveLength(1)
    world.nowMs += 1
    expect(await versionNow()).toBe(1)
    await settled()
    expect(await versionNow()).toBe(2)
    expect(world.reads).toEqual([[], ['h1']])
  })

  it('keeps the rows of a version that it has', async () => {
    const without = { ...versionOf(1, START), content: null }
    const copies = [[versionOf(1, START)], [without]]
    const { world, tariff, settled } = isolate(() => Promise.resolve(copies.shift() ?? []))
    const first = valueOf(await tariff(world.nowMs)).tariff
    world.nowMs += FRESH_MS + 1
    await tariff(world.nowMs)
    await settled()
    world.nowMs += FRESH_MS
    expect(valueOf(await tariff(world.nowMs)).tariff).toBe(first)
  })

  it('has the tariff of the setting before the first version takes effect', async () => {
    const { world, tariff } = isolate(() => Promise.resolve([versionOf(1, START + 1000)]))
    expect(valueOf(await tariff(START + 999))).toMatchObject({
      tariff: { id: 'standard', version: 2 },
      nextChangeMs: START + 1000,
    })
    expect(valueOf(await tariff(START + 1000))).toMatchObject({
      tariff: { id: 'published', version: 1 },
      nextChangeMs: undefined,
    })
    expect(world.reads).toHaveLength(1)
  })

  it('is used while refreshes fail, with one attempt every five seconds, then prices are refused', async () => {
    let isDown = false
    const { world, tariff, versionNow, settled } = isolate(() =>
      isDown ? Promise.reject(new Error('down')) : Promise.resolve([versionOf(1, START)]),
    )
    expect(await versionNow()).toBe(1)
    isDown = true
    world.nowMs += FRESH_MS + 1
    for (let requests = 0; requests < 10; requests++) {
      expect(await versionNow()).toBe(1)
      await settled()
    }
    expect(world.reads).toHaveLength(2)
    world.nowMs += 5000
    expect(await versionNow()).toBe(1)
    expect(world.reads).toHaveLength(3)
    world.nowMs = START + USABLE_MS
    expect(await versionNow()).toBe(1)
    await settled()
    world.nowMs += 1
    const refused = { ok: false, refusal: { code: 'tariffs_unavailable' } }
    expect(await tariff(world.nowMs)).toEqual(refused)
    isDown = false
    expect(await versionNow()).toBe(1)
  })

  it('is refused to a cold isolate that cannot read it, and read by the next request', async () => {
    let isDown = true
    const { tariff, versionNow } = isolate(() =>
      isDown ? Promise.reject(new Error('down')) : Promise.resolve([]),
    )
    expect((await tariff(START)).ok).toBe(false)
    isDown = false
    expect(await versionNow()).toBe(0)
  })

  it('is read again if a read is lost, and the lost read cannot replace the later one', async () => {
    let finishLost: (versions: readonly CopiedVersion[]) => void = () => undefined
    const answers = [
      new Promise<readonly CopiedVersion[]>((resolve) => {
        finishLost = resolve
      }),
      Promise.resolve([versionOf(2, START)]),
    ]
    const { world, tariff, versionNow } = isolate(() => answers.shift() ?? Promise.resolve([]))
    const lost = tariff(world.nowMs)
    world.nowMs += 10_000
    expect(await versionNow()).toBe(2)
    finishLost([versionOf(1, START)])
    expect(valueOf(await lost).tariff.version).toBe(2)
    expect(await versionNow()).toBe(2)
  })
})

/** A decision about one version. */
interface Plan {
  readonly approvedAtMs: number
  readonly effectiveAtMs: number
  readonly withdrawnAtMs: number
}

const span = (max: number) => fc.integer({ min: 0, max })

const plans = fc.uniqueArray(
  fc
    .record({
      approved: span(40 * MINUTE_MS),
      ahead: span(10 * MINUTE_MS),
      withdrawn: fc.boolean(),
    })
    .map(({ approved, ahead, withdrawn }): Plan => {
      const approvedAtMs = START + approved
      const effectiveAtMs = approvedAtMs + NOTICE_MS + ahead
      /** As late as allowed. */
      return {
        approvedAtMs,
        effectiveAtMs,
        withdrawnAtMs: withdrawn ? effectiveAtMs - NOTICE_MS : Infinity,
      }
    }),
  { selector: ({ effectiveAtMs }) => effectiveAtMs, maxLength: 6 },
)

/** Versions that the object returns at an instant: in force now, later, or ten minutes ago. */
function copyAt(all: readonly Plan[], nowMs: number): CopiedVersion[] {
  const known = all
    .map((plan, index) => ({ ...plan, version: index + 1 }))
    .filter(({ approvedAtMs, withdrawnAtMs }) => approvedAtMs <= nowMs && withdrawnAtMs > nowMs)
  const fromMs = effectiveAt(known, nowMs - 10 * MINUTE_MS)?.effectiveAtMs ?? 0
  return known
    .filter(({ effectiveAtMs }) => effectiveAtMs >= fromMs)
    .map(({ version, effectiveAtMs }) => versionOf(version, effectiveAtMs))
}

describe('at the second of a change', () => {
  it('every isolate has the same version, whatever the ages of their copies and whichever reads fail', async () => {
    const steps = fc.array(
      fc.record({ ms: span(150_000), fails: fc.boolean(), snaps: fc.boolean() }),
      { minLength: 10, maxLength: 60 },
    )
    const skews = fc.tuple(fc.integer({ min: -25_000, max: 25_000 }), steps)
    await fc.assert(
      fc.asyncProperty(
        plans,
        fc.array(skews, { minLength: 1, maxLength: 3 }),
        async (all, isolates) => {
          const final = all
            .map((plan, index) => ({ ...plan, version: index + 1 }))
            .filter(({ withdrawnAtMs }) => withdrawnAtMs === Infinity)
          for (const [skewMs, its] of isolates) {
            let realMs = START
            let fails = false
            const { world, tariff, settled } = isolate(() =>
              fails ? Promise.reject(new Error('down')) : Promise.resolve(copyAt(all, realMs)),
            )
            for (const step of its) {
              realMs += step.ms
              /** Moves to the exact instant of the next change. */
              const next = final
                .map(({ effectiveAtMs }) => effectiveAtMs - skewMs)
                .filter((ms) => ms > realMs)
              if (step.snaps && next.length > 0) realMs = Math.min(...next)
              fails = step.fails
              world.nowMs = realMs + skewMs
              const found = await (tariff satisfies ReadTariffAt)(world.nowMs)
              await settled()
              if (!found.ok) continue
              const expected = effectiveAt(final, world.nowMs)?.version
              const { id, version } = found.value.tariff
              expect(id === 'published' ? version : undefined).toBe(expected)
            }
          }
        },
      ),
      { numRuns: 500 },
    )
  })
})
