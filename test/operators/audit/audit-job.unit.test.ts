import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { kobo } from '../../../src/common/money'
import type { NewException } from '../../../src/exceptions/store'
import { type AuditJobDeps, auditByCron } from '../../../src/operators/audit/audit-job'
import type { AuditProgress } from '../../../src/operators/audit/audit-progress'
import type { WalletAudit } from '../../../src/wallets/object/audit'
import { SOUND } from '../../support/audits'
import { NOW, recordedPayments } from '../../support/payments'

const userOf = (index: number) => `user-${String(index).padStart(3, '0')}`

interface Faults {
  /** Audits of a user's primary wallet; throws if the wallet cannot be reached. */
  readonly audit?: (userUuid: string, nth: number) => Partial<WalletAudit>
  readonly shared?: () => string[]
  readonly users?: number
  readonly save?: () => boolean
}

function jobOf({ audit = () => ({}), shared = () => [], users = 3, save = () => true }: Faults) {
  const state = { nowMs: NOW, progress: undefined as AuditProgress | undefined }
  const exceptions: NewException[] = []
  const audited: string[] = []
  const parts = recordedPayments({ says: async () => Promise.reject(new Error('no queries')) })
  const deps: AuditJobDeps = {
    ...parts.deps,
    now: () => state.nowMs,
    paymentStore: {
      ...parts.deps.paymentStore,
      list: async () => [],
      sharedMonnifyReferences: async () => shared(),
    },
    exceptionStore: {
      ...parts.deps.exceptionStore,
      record: async (exception) => void exceptions.push(exception),
    },
    userStore: {
      uuidsAfter: async (after: string, limit: number) =>
        Array.from({ length: users }, (_, index) => userOf(index))
          .filter((uuid) => uuid > after)
          .slice(0, limit),
    } as AuditJobDeps['userStore'],
    projections: { of: async () => undefined, remove: async () => undefined },
    wallets: {
      send: async ({ userUuid, type }, command) => {
        if (type === 'call_credits') return command({ audit: async () => SOUND } as never)
        const nth = audited.filter((uuid) => uuid === userUuid).length
        audited.push(userUuid)
        const found = audit(userUuid, nth)
        return command({ audit: async () => ({ ...SOUND, uuid: userUuid, ...found }) } as never)
      },
    },
    auditProgress: {
      lastPassEndedAtMs: async () => state.progress?.lastPassEndedAtMs ?? null,
      read: async () => state.progress,
      save: async (read, next) => {
        expect(read).toEqual(state.progress)
        if (!save()) return false
        state.progress = next
        return true
      },
    },
  }
  const run = () => auditByCron(deps)
  const subjects = () => exceptions.map(({ subject }) => subject)
  return { state, run, subjects, exceptions, audited, deps }
}

const broken = (uuid: string) => (userUuid: string) => {
  if (userUuid === uuid) throw new Error('the wallet cannot be reached')
  return {}
}

const silenced = () => vi.spyOn(console, 'error').mockImplementation(() => undefined)
let errors: ReturnType<typeof silenced>
beforeEach(() => {
  errors = silenced()
})
afterEach(() => void vi.restoreAllMocks())

describe('the audit by cron', () => {
  it('audits fifty users in each run, and ends the pass after the last one', async () => {
    const { run, state, audited, subjects } = jobOf({ users: 120, shared: () => ['MNFY|1'] })
    for (const after of [userOf(49), userOf(99), '']) {
      expect(subjects()).toEqual([])
      await run()
      expect(state.progress?.afterUuid).toBe(after)
      state.nowMs += 1000
    }
    expect(audited).toEqual(Array.from({ length: 120 }, (_, index) => userOf(index)))
    expect(subjects()).toEqual(['shared_reference/MNFY|1'])
    expect(state.progress).toMatchObject({
      lastPassBeganAtMs: NOW,
      lastPassEndedAtMs: NOW + 2000,
      lastPassFindings: 1,
    })
  })

  it('begins a pass once a day', async () => {
    const { run, state, audited } = jobOf({ users: 1 })
    for (const [atMs, audits] of [
      [0, 1],
      [1000, 1],
      [86_399_999, 1],
      [86_400_000, 2],
    ] as const) {
      state.nowMs = NOW + atMs
      await run()
      expect(audited).toHaveLength(audits)
    }
  })

  it('records the findings of a wallet as one exception, with the details as its note', async () => {
    const { run, state, exceptions } = jobOf({
      audit: (uuid) => (uuid === userOf(1) ? { faults: ['first', 'x'.repeat(600)] } : {}),
    })
    await run()
    expect(exceptions).toEqual([
      {
        kind: 'audit_finding',
        subject: `ledger_fault/${userOf(1)}`,
        amountKobo: null,
        atMs: NOW,
        note: `first; ${'x'.repeat(493)}`,
      },
    ])
    expect(state.progress?.lastPassFindings).toBe(1)
  })

  it.each([1, 2])('records no finding that is missing in audit %i of three', async (without) => {
    const { run, subjects, audited } = jobOf({
      users: 1,
      audit: (_, nth) => ({ paidKobo: nth === without ? {} : { p1: kobo(500) } }),
    })
    await run()
    expect(subjects()).toEqual([])
    expect(audited).toHaveLength(without + 1)
  })

  it('records a finding that all three audits have', async () => {
    const { run, subjects, audited } = jobOf({
      users: 1,
      audit: () => ({ paidKobo: { p1: kobo(500) } }),
    })
    await run()
    expect(subjects()).toEqual(['credit_without_payment/p1'])
    expect(audited).toHaveLength(3)
  })

  it('stops after twenty seconds, and the next run continues there', async () => {
    const job = jobOf({
      users: 10,
      audit: () => {
        job.state.nowMs += 8000
        return {}
      },
    })
    await job.run()
    expect(job.audited).toEqual([0, 1, 2].map(userOf))
    await job.run()
    expect(job.audited).toEqual([0, 1, 2, 3, 4, 5].map(userOf))
  })

  it('retries a user whose wallet cannot be reached, and skips the user after three failures', async () => {
    const { run, state, subjects, audited } = jobOf({ audit: broken(userOf(1)) })
    for (const failures of [1, 2]) {
      await run()
      expect(state.progress).toMatchObject({ afterUuid: userOf(0), failures })
      expect(subjects()).toEqual([])
    }
    await run()
    expect(state.progress).toMatchObject({ afterUuid: userOf(1), failures: 0, findings: 1 })
    expect(subjects()).toEqual([`page/${userOf(1)}`])
    await run()
    expect(audited).toEqual([0, 1, 1, 1, 2].map(userOf))
    expect(state.progress).toMatchObject({ lastPassEndedAtMs: NOW, lastPassFindings: 1 })
    expect(errors).toHaveBeenCalledTimes(3)
  })

  it('skips a user whose audit interrupts every run', async () => {
    const { run, state, subjects, deps } = jobOf({})
    const { progress } = await interruptedAt(deps, state, 3)
    expect(progress).toMatchObject({ afterUuid: '', failures: 3 })
    await run()
    expect(state.progress).toMatchObject({ afterUuid: userOf(0), failures: 0 })
    expect(subjects()).toEqual([`page/${userOf(0)}`])
  })

  it('ends a pass whose shared references cannot be read, after three failures', async () => {
    const { run, state, subjects } = jobOf({
      users: 1,
      shared: () => {
        throw new Error('D1 is slow')
      },
    })
    for (let runs = 0; runs < 4; runs++) await run()
    expect(subjects()).toEqual(['page/shared_references'])
    expect(state.progress).toMatchObject({ afterUuid: '', lastPassEndedAtMs: NOW })
  })

  it('audits nothing if another run has begun the same page', async () => {
    const { run, audited } = jobOf({ save: () => false })
    await run()
    expect(audited).toEqual([])
  })

  it('does not throw while D1 is unavailable', async () => {
    const { deps } = jobOf({})
    const read = () => Promise.reject(new Error('D1 is unavailable'))
    await auditByCron({ ...deps, auditProgress: { ...deps.auditProgress, read } })
    expect(JSON.parse(String(errors.mock.lastCall?.[0]))).toMatchObject({ event: 'audit_failed' })
  })
})

/** Begins `runs` runs whose first query never returns. */
async function interruptedAt(
  deps: AuditJobDeps,
  state: { progress: AuditProgress | undefined },
  runs: number,
) {
  for (let begun = 0; begun < runs; begun++)
    await new Promise<void>((resolve) => {
      const uuidsAfter = () => {
        resolve()
        return new Promise<never>(() => undefined)
      }
      void auditByCron({ ...deps, userStore: { ...deps.userStore, uuidsAfter } })
    })
  return state
}
