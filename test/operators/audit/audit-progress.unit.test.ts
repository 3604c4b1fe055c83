import { describe, expect, it } from 'vitest'
import {
  type AuditedPage,
  type AuditProgress,
  begunProgress,
  dueProgress,
  isSkipDue,
  nextProgress,
  pageSize,
  PASS_INTERVAL_MS,
} from '../../../src/operators/audit/audit-progress'

const BEGAN = 1_000_000
const NOW = BEGAN + 60_000

const progressOf = (rest: Partial<AuditProgress> = {}): AuditProgress => ({
  afterUuid: '',
  passBeganAtMs: BEGAN,
  findings: 0,
  failures: 0,
  lastPassBeganAtMs: null,
  lastPassEndedAtMs: null,
  lastPassFindings: null,
  ...rest,
})

const LAST = { lastPassBeganAtMs: BEGAN, lastPassEndedAtMs: NOW, lastPassFindings: 2 }

describe('the pass of the audit', () => {
  it.each<[string, AuditProgress | undefined, number, AuditProgress | undefined]>([
    ['the first one', undefined, NOW, progressOf({ passBeganAtMs: NOW })],
    [
      'one that is under way',
      progressOf({ ...LAST, afterUuid: 'b', passBeganAtMs: NOW }),
      NOW,
      progressOf({ ...LAST, afterUuid: 'b', passBeganAtMs: NOW }),
    ],
    [
      'one that failed at its first user',
      progressOf({ ...LAST, failures: 1, findings: 3 }),
      NOW,
      progressOf({ ...LAST, failures: 1, findings: 3 }),
    ],
    ['the next one too early', progressOf(LAST), BEGAN + PASS_INTERVAL_MS - 1, undefined],
    [
      'the next one in time',
      progressOf(LAST),
      BEGAN + PASS_INTERVAL_MS,
      progressOf({ ...LAST, passBeganAtMs: BEGAN + PASS_INTERVAL_MS }),
    ],
  ])('continues with %s', (_, stored, nowMs, due) => {
    expect(dueProgress(stored, nowMs)).toEqual(due)
  })

  const whole: AuditedPage = { lastUuid: 'c', findings: 0, failedUuid: undefined, isLast: false }

  it.each<[string, Partial<AuditProgress>, Partial<AuditedPage>, Partial<AuditProgress>, string?]>([
    ['a page', {}, {}, { afterUuid: 'c' }],
    ['a page with findings', { findings: 1 }, { findings: 2 }, { afterUuid: 'c', findings: 3 }],
    ['a page after failures', { failures: 2 }, {}, { afterUuid: 'c' }],
    ['a page without time', { afterUuid: 'a' }, { lastUuid: undefined }, { afterUuid: 'a' }],
    [
      'the last page',
      { findings: 1 },
      { findings: 1, isLast: true },
      { lastPassBeganAtMs: BEGAN, lastPassEndedAtMs: NOW, lastPassFindings: 2 },
    ],
    [
      'a last page without users',
      { afterUuid: 'c' },
      { lastUuid: undefined, isLast: true },
      { lastPassBeganAtMs: BEGAN, lastPassEndedAtMs: NOW, lastPassFindings: 0 },
    ],
    [
      'a first failure',
      { afterUuid: 'a' },
      { lastUuid: undefined, failedUuid: 'b' },
      { afterUuid: 'a', failures: 1 },
    ],
    [
      'a second failure',
      { afterUuid: 'a', failures: 1 },
      { lastUuid: undefined, failedUuid: 'b' },
      { afterUuid: 'a', failures: 2 },
    ],
    [
      'a third failure',
      { afterUuid: 'a', failures: 2, findings: 1 },
      { lastUuid: undefined, failedUuid: 'b' },
      { afterUuid: 'b', findings: 2 },
      'b',
    ],
    [
      'a failure of another user',
      { afterUuid: 'a', failures: 2 },
      { lastUuid: 'b', failedUuid: 'c', findings: 1 },
      { afterUuid: 'b', failures: 1, findings: 1 },
    ],
    [
      'three interruptions',
      { afterUuid: 'a', failures: 3 },
      { lastUuid: undefined, failedUuid: 'b' },
      { afterUuid: 'b', findings: 1 },
      'b',
    ],
  ])('after %s', (_, before, page, after, skipped) => {
    const begun = begunProgress(progressOf(before))
    expect(nextProgress(begun, { ...whole, ...page }, NOW)).toEqual({
      progress: progressOf(after),
      skippedUuid: skipped,
    })
  })

  it('has pages of fifty users, or of one after a failure, and skips a user after three failures', () => {
    expect([0, 1, 2, 3].map((failures) => pageSize(progressOf({ failures })))).toEqual([
      50, 1, 1, 1,
    ])
    expect([2, 3].map((failures) => isSkipDue(progressOf({ failures })))).toEqual([false, true])
  })

  it('always ends, whichever runs fail or are interrupted', () => {
    const users = ['a', 'b', 'c', 'd']
    for (let faults = 0; faults < 2 ** 12; faults++) {
      let progress = progressOf({ failures: 0 })
      let runs = 0
      for (; progress.lastPassEndedAtMs === null; runs++) {
        expect(runs).toBeLessThan(40)
        const rest = users.filter((uuid) => uuid > progress.afterUuid)
        const begun = begunProgress(progress)
        const [first] = rest
        const isInterrupted = ((faults >> (runs % 12)) & 1) === 1
        const isSkipped = isSkipDue(progress)
        if (isInterrupted && !isSkipped) progress = begun
        else {
          const size = pageSize(progress)
          const page = rest.slice(0, size)
          const audited =
            isSkipped && first
              ? { lastUuid: undefined, failedUuid: first }
              : {
                  lastUuid: page.at(-1),
                  failedUuid: undefined,
                }
          const isLast = audited.failedUuid === undefined && page.length < size
          progress = nextProgress(begun, { ...audited, findings: 0, isLast }, NOW).progress
        }
      }
    }
  })
})
