import { describe, expect, it } from 'vitest'
import { type Kobo, kobo, ZERO } from '../../../src/common/money'
import { ok, refuse } from '../../../src/common/result'
import { endAllSessions } from '../../../src/operators/end-sessions'
import type { AuditDeps } from '../../../src/operators/audit/finding'
import { auditUsers } from '../../../src/operators/audit/service'
import type { Payment } from '../../../src/payments/store'
import type { WalletAudit } from '../../../src/wallets/object/audit'
import { SOUND } from '../../support/audits'
import { NOW, paymentRow, recordedPayments, transactionOf } from '../../support/payments'

const PROJECTED: WalletAudit = {
  ...SOUND,
  uuid: 'a-wallet',
  entries: 1,
  revision: 3,
  projectedRevision: 3,
}

const COPY = {
  postedKobo: 0,
  entrySeq: 1,
  entryHash: 'h',
  revision: 3,
  entries: 1,
  balancesKobo: 0n,
  chargedKobo: 0,
  openCalls: 0,
}

interface Books {
  readonly users?: readonly string[]
  readonly payments?: readonly Payment[]
  readonly credited?: Record<string, Kobo>
  readonly audit?: Partial<WalletAudit>
  readonly copy?: Partial<typeof COPY>
  /** The transfer's status in the wallet that sent it. */
  readonly transfer?: 'in_transit' | 'delivered'
}

function auditOf({ users = ['u1'], payments = [], copy, transfer, ...books }: Books) {
  const effects: string[] = []
  const audit = { ...PROJECTED, paidKobo: books.credited ?? {}, ...books.audit }
  const wallet = {
    audit: async () => audit,
    transfer: async () => (transfer ? ok({ status: transfer }) : refuse({ code: 'not_found' })),
    creditPayment: async () =>
      ok({ netCreditedKobo: kobo(1), shortfallKobo: ZERO, isReversed: false, entrySeq: 2 }),
    resetProjection: async () => effects.push('resetProjection'),
    projectNow: async () => effects.push('projectNow'),
  }
  const parts = recordedPayments({
    says: async (reference) =>
      ok(transactionOf(reference, { status: 'PAID', amountPaidKobo: kobo(500) })),
  })
  const deps: AuditDeps = {
    ...parts.deps,
    wallets: { send: async (_, command) => command(wallet as never) },
    projections: {
      of: async () => ({ ...COPY, ...copy }),
      remove: async () => void effects.push('remove'),
    },
    userStore: {
      uuidsAfter: async (after: string, limit: number) =>
        users.filter((uuid) => uuid > after).slice(0, limit),
    } as AuditDeps['userStore'],
    paymentStore: {
      ...parts.deps.paymentStore,
      sharedMonnifyReferences: async () => ['MNFY|shared'],
      list: async (_, { limit, before }) => {
        const from = before ? payments.findIndex(({ uuid }) => uuid === before[1]) + 1 : 0
        return payments.slice(from, from + limit)
      },
    },
  }
  const page = (rest: object = {}) =>
    auditUsers(deps, { after: '', limit: 2, repair: false, sinceMs: 0, ...rest })
  const kinds = async (rest: object = {}) =>
    (await page({ after: 'a', ...rest })).findings.map(({ kind }) => kind)
  return { page, kinds, effects, parts }
}

const paid = (index: number, rest: Partial<Payment> = {}) =>
  paymentRow({
    uuid: `p${index}`,
    status: 'completed',
    amountKobo: kobo(500),
    amountPaidKobo: kobo(500),
    ...rest,
  })

describe('a page of the audit', () => {
  it('names its last user if it is full, and lists shared references once', async () => {
    const { page } = auditOf({ users: ['u1', 'u2', 'u3'] })
    expect(await page()).toMatchObject({
      users: 2,
      next: 'u2',
      findings: [{ kind: 'shared_reference' }],
    })
    expect(await page({ after: 'u2' })).toMatchObject({ users: 1, next: undefined, findings: [] })
    expect(await page({ limit: 3 })).toMatchObject({ users: 3, next: 'u3' })
  })

  it('adds up its wallets, and lists the faults of each', async () => {
    const audit = { entries: 3, inTransitKobo: kobo(7), faults: ['entry 1 does not follow'] }
    const { page } = auditOf({ audit, copy: { entrySeq: 3, entries: 3 } })
    const fault = { kind: 'ledger_fault', detail: 'entry 1 does not follow', repaired: false }
    expect(await page({ after: 'a' })).toMatchObject({
      entries: 6,
      inTransitKobo: 14,
      findings: [fault, fault],
    })
  })

  it('a page of users whose sessions end also names its last user if it is full', async () => {
    const raise = (count: number) =>
      endAllSessions({ raiseVersions: async () => ['u1', 'u2'].slice(0, count) }, '', 2)
    expect(await raise(2)).toEqual({ users: 2, next: 'u2' })
    expect(await raise(1)).toEqual({ users: 1, next: null })
    expect(await raise(0)).toEqual({ users: 0, next: null })
  })
})

describe('the projection of a wallet', () => {
  it.each(Object.keys(COPY))('is a finding if its %s differs', async (field) => {
    const { kinds } = auditOf({ copy: { [field]: field === 'balancesKobo' ? 9n : 9 } })
    expect(new Set(await kinds())).toEqual(new Set(['copy_differs']))
  })

  it('is not a finding while it is incomplete', async () => {
    const { kinds } = auditOf({ copy: { postedKobo: 9 }, audit: { projectedRevision: 2 } })
    expect(await kinds()).toEqual([])
  })

  it('is deleted before it is written again, so that an alarm in between keeps the new rows', async () => {
    const { kinds, effects } = auditOf({ copy: { postedKobo: 9 } })
    expect(await kinds({ repair: true })).toEqual(['copy_differs', 'copy_differs'])
    expect(effects.slice(0, 3)).toEqual(['remove', 'resetProjection', 'projectNow'])
  })
})

describe('the audit of payments', () => {
  const credited = Object.fromEntries(
    Array.from({ length: 101 }, (_, index) => [`p${index}`, kobo(500)]),
  )

  it('reads every page', async () => {
    const payments = Object.keys(credited).map((_, index) => paid(index))
    expect(await auditOf({ payments, credited }).kinds()).toEqual([])
    expect(await auditOf({ payments: payments.slice(0, 100), credited }).kinds()).toEqual([
      'credit_without_payment',
    ])
  })

  it('queries Monnify about payments since a given time', async () => {
    for (const [sinceMs, queries] of [
      [NOW, 1],
      [NOW + 1, 0],
    ] as const) {
      const { kinds, parts } = auditOf({ payments: [paid(0)], credited })
      await kinds({ sinceMs })
      expect(parts.named('query')).toHaveLength(queries)
    }
  })

  it('adds up all attempts at a payment', async () => {
    const payments = [paid(0, { attempt: 2, amountPaidKobo: kobo(1000) })]
    const of = (kobos: number) =>
      auditOf({ payments, credited: { p0: kobo(kobos) } }).kinds({ sinceMs: 0 })
    expect(await of(1000)).toEqual([])
    expect(await of(999)).toEqual(['paid_not_credited'])
    expect(await of(1001)).toEqual(['credited_not_paid'])
  })

  it('ignores a payment with a method of a later release, and accepts its credit', async () => {
    const payments = [paid(0, { method: 'ussd' as never })]
    const { kinds, parts } = auditOf({ payments, credited: { p0: kobo(500) } })
    expect(await kinds()).toEqual([])
    expect(parts.effects).toEqual([])
  })

  it('reports a repair only if nothing differs afterwards', async () => {
    const marked = [paid(0, { amountPaidKobo: kobo(1) })]
    const { page } = auditOf({ payments: marked, credited: { p0: kobo(500) } })
    expect((await page({ after: 'a', repair: true })).findings).toMatchObject([
      { kind: 'payment_marks_differ', repaired: false },
    ])
    const copied = auditOf({ copy: { postedKobo: 9 } })
    for (const finding of (await copied.page({ after: 'a', repair: true })).findings)
      expect(finding).toMatchObject({ kind: 'copy_differs', repaired: false })
  })

  it('moves no money if the wallet has more credit than Monnify received', async () => {
    const { kinds, parts } = auditOf({ payments: [paid(0)], credited: { p0: kobo(501) } })
    expect(await kinds({ repair: true })).toEqual(['credited_not_paid'])
    expect(parts.names()).toEqual(['query'])
  })

  it.each([
    ['completed', undefined, true],
    ['processing', undefined, true],
    ['pending', undefined, false],
    ['failed', undefined, false],
    ['completed', 'delivered', false],
    ['processing', 'delivered', true],
    ['processing', 'in_transit', false],
    ['completed', 'in_transit', true],
    ['failed', 'delivered', true],
  ] as const)(
    'reports whether a transfer that is %s, and %j in its wallet, differs: %s',
    async (status, transfer, differs) => {
      const payments = [paid(0, { method: 'wallet', status })]
      const found = await auditOf({ payments, ...(transfer && { transfer }) }).kinds()
      expect(found).toEqual(differs ? ['payment_marks_differ'] : [])
    },
  )
})
