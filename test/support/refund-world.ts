/**
 * One payment of 300 NGN with its wallets, a gateway that pays refunds, and the service's refund code. Every call of a
 * dependency can fail before or after its effect, as if the Worker were killed there.
 */
import { type Kobo, kobo } from '../../src/common/money'
import { ok, refuse } from '../../src/common/result'
import type { CheckStore } from '../../src/payments/check-store'
import {
  type GatewayRefund,
  interpretRefundCode,
  type RefundGateway,
} from '../../src/payments/monnify/refunds'
import type { RefundDeps } from '../../src/refunds/service'
import type { Refund, RefundStore } from '../../src/refunds/store'
import type { WalletType } from '../../src/wallets/core/wallet'
import { MemoryUser } from './memory-wallets'
import { NOW, recordedPayments, transactionOf } from './payments'

export const PAID_KOBO = kobo(30_000)
const HOUR_MS = 3_600_000

/** Response of the gateway to an order. `lost` and `lost_landed` are time-outs. */
export type OrderFault = 'none' | 'lost' | 'lost_landed' | 'error_500' | `R${number}` | 'M01' | '99'

export class Killed extends Error {}

interface StoredRefund {
  record: GatewayRefund
  /** Number of times that the payer received it. */
  payouts: number
}

/** Monnify's refunds: a reference is accepted once, and paid at once or after some queries. */
class Gateway implements RefundGateway {
  readonly refunds = new Map<string, StoredRefund>()
  readonly faults: OrderFault[] = []
  orders = 0
  /** Status of new refunds, and of refunds when they are decided. */
  outcome: GatewayRefund['status'] = 'completed'
  queriesUntilDecided = 0
  isQueryDown = false

  async orderRefund(order: Parameters<RefundGateway['orderRefund']>[0]) {
    this.orders += 1
    const fault = this.faults.shift() ?? 'none'
    const isLanding = fault === 'none' || fault === 'lost_landed'
    const isKnown = this.refunds.has(order.refundReference)
    if (isLanding && !isKnown) this.#accept(order)
    if (fault === 'lost' || fault === 'lost_landed' || fault === 'error_500')
      return { kind: 'unclear' as const }
    if (fault === 'none') return interpretRefundCode(isKnown ? 'R9' : '0')
    return interpretRefundCode(fault)
  }

  #accept({ refundReference, transactionReference, amountKobo }: Omit<GatewayRefund, 'status'>) {
    const record = { refundReference, transactionReference, amountKobo, status: 'open' as const }
    const stored = { record, payouts: 0 }
    this.refunds.set(refundReference, stored)
    if (this.queriesUntilDecided === 0) this.#decide(stored)
  }

  #decide(stored: StoredRefund): void {
    stored.record = { ...stored.record, status: this.outcome }
    if (this.outcome === 'completed') stored.payouts += 1
  }

  async queryRefund(reference: string) {
    if (this.isQueryDown) return refuse({ code: 'gateway_unavailable' })
    const stored = this.refunds.get(reference)
    if (stored?.record.status === 'open' && this.queriesUntilDecided-- <= 1) this.#decide(stored)
    return ok(stored?.record)
  }

  async listRefunds() {
    return ok([...this.refunds.values()].map(({ record }) => record).toReversed())
  }

  /** The payer's bank sends a paid refund back. */
  bounce(): void {
    for (const stored of this.refunds.values()) {
      if (stored.record.status !== 'completed') continue
      stored.record = { ...stored.record, status: 'failed' }
      stored.payouts -= 1
    }
  }

  get payouts(): number[] {
    return [...this.refunds.values()].map(({ payouts }) => payouts)
  }
}

function memoryStore(): RefundStore & { readonly rows: Map<string, Refund> } {
  const rows = new Map<string, Refund>()
  const find = (is: (refund: Refund) => boolean) => [...rows.values()].find(is)
  const update = (uuid: string, to: Partial<Refund>): Refund => {
    const updated = { ...(rows.get(uuid) as Refund), ...to }
    rows.set(uuid, updated)
    return updated
  }
  const ofKey = (userUuid: string, key: string | null) =>
    find((row) => key !== null && row.userUuid === userUuid && row.idempotencyKey === key)
  return {
    rows,
    byKey: async (userUuid, key) => ofKey(userUuid, key),
    insertOnce: async (refund, limitKobo) => {
      const holder = ofKey(refund.userUuid, refund.idempotencyKey)
      if (holder) return holder
      const spent = [...rows.values()].filter(({ status }) => status !== 'failed')
      const sum = spent.reduce((total, { amountKobo }) => total + amountKobo, 0)
      if (sum + refund.amountKobo > limitKobo) return undefined
      rows.set(refund.uuid, refund)
      return refund
    },
    byUuid: async (uuid) => rows.get(uuid),
    byReference: async (reference) => find((refund) => refund.reference === reference),
    ofPayment: async () => [...rows.values()],
    orderedKobo: async () =>
      [...rows.values()]
        .filter(({ status }) => status !== 'failed')
        .reduce((sum, { amountKobo }) => sum + amountKobo, 0),
    beginTry: async ({ uuid, status, tries, nextTryAtMs: readMs }, nextTryAtMs) => {
      const row = rows.get(uuid)
      if (row?.status !== status || row.tries !== tries || row.nextTryAtMs !== readMs) return false
      update(uuid, { tries: tries + 1, nextTryAtMs })
      return true
    },
    extendTry: async ({ uuid, tries }, untilMs) => {
      const row = rows.get(uuid)
      if (row?.tries !== tries || (row.status !== 'pending' && row.status !== 'processing'))
        return false
      update(uuid, { nextTryAtMs: row.nextTryAtMs && Math.max(row.nextTryAtMs, untilMs) })
      return true
    },
    recordDecision: async (uuid, decision) => {
      const row = rows.get(uuid)
      if (row?.status !== 'processing' || row.evidence !== null) return false
      update(uuid, decision)
      return true
    },
    remove: async ({ uuid, tries }) => {
      if (rows.get(uuid)?.tries === tries) rows.delete(uuid)
    },
    update: async (uuid, to) => update(uuid, to),
    listDue: async (nowMs) =>
      [...rows.values()].filter(({ nextTryAtMs }) => nextTryAtMs !== null && nextTryAtMs <= nowMs),
  }
}

interface WorldOptions {
  readonly spentKobo?: number
  /** Wallet of the payment. */
  readonly walletType?: WalletType
}

export function refundWorld({ spentKobo = 0, walletType = 'call_credits' }: WorldOptions = {}) {
  const recorded = recordedPayments({
    payment: {
      status: 'completed',
      walletType,
      completedAtMs: NOW,
      amountKobo: PAID_KOBO,
      amountPaidKobo: PAID_KOBO,
    },
    says: async (named) => ok(transactionOf(named, { status: 'PAID', amountPaidKobo: PAID_KOBO })),
  })
  const { payment } = recorded.state
  const user = new MemoryUser()
  const name = { paymentUuid: payment.uuid, reference: `${payment.reference}_a1` }
  user[walletType].creditPayment({ ...name, expectedKobo: PAID_KOBO, receivedKobo: PAID_KOBO })
  if (spentKobo > 0)
    user.call_credits.sendTransfer({ uuid: 't', to: 'primary', amountKobo: kobo(spentKobo) })
  const gateway = new Gateway()
  const refundStore = memoryStore()
  const crash = { calls: 0, atCall: Infinity, isAfter: false }

  /** Runs one call of a dependency, or is killed before or after it. */
  const step = <T>(run: () => T): T => {
    crash.calls += 1
    const isHere = crash.calls === crash.atCall
    if (isHere && !crash.isAfter) throw new Killed('before')
    const result = run()
    if (isHere) throw new Killed('after')
    return result
  }
  const crashing = <T extends object>(target: T): T =>
    new Proxy(target, {
      get: (object, member) => {
        const value: unknown = Reflect.get(object, member)
        if (typeof value !== 'function') return value
        return async (...args: unknown[]) => step(() => value.apply(object, args) as unknown)
      },
    })
  const checkStore: CheckStore = {
    ...recorded.deps.checkStore,
    recordRefunded: async (_, refundedKobo: Kobo) => {
      recorded.state.payment = { ...recorded.state.payment, refundedKobo }
    },
  }
  const deps: RefundDeps = {
    ...recorded.deps,
    paymentStore: crashing(recorded.deps.paymentStore),
    checkStore: crashing(checkStore),
    refundStore: crashing(refundStore),
    refundGateway: crashing<RefundGateway>(gateway),
    wallets: user.client(step),
    refundLimits: {
      windowMs: 14 * 24 * HOUR_MS,
      userDayKobo: kobo(100_000),
      operatorDayKobo: kobo(100_000),
    },
    confirmIdentity: async () => ok(null),
  }
  return { deps, user, gateway, refundStore, recorded, crash, payment, name }
}

export type RefundWorld = ReturnType<typeof refundWorld>
