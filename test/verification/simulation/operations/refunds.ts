/** Operations that return money, and of operators: refunds, goodwill, waivers, freezes. */
import { kobo } from '../../../../src/common/money'
import { signBody } from '../../../../src/payments/monnify/signature'
import { sweepPayments } from '../../../../src/payments/sweep'
import { receiveEvent } from '../../../../src/payments/webhook'
import { checkGatewayRefunds } from '../../../../src/payments/check'
import { sweepRefunds } from '../../../../src/refunds/pay'
import { decideRefund, requestOwnRefund } from '../../../../src/refunds/service'
import { hold } from '../auditor/violation'
import type { TwinRefund } from '../refund-twin'
import type { Random } from '../../support/random'
import { SECRET, type World } from '../world'
import { allow, asked, codeOf, UNKNOWN } from './outcome'
import { transactionOf } from './transactions'

const HOUR_MS = 3_600_000

const AMOUNTS_KOBO = [10_000, 10_000, 20_000, 50_000, 12_345, 100_000]

const REFUSALS = [
  'ok',
  'insufficient_funds',
  'refund_exceeds_payment',
  'debt_open',
  'wallet_frozen',
  'gateway_unavailable',
  'refund_not_allowed',
  'refund_limit_exceeded',
]

/** A user requests a refund of a completed payment. */
export async function refund(world: World, random: Random): Promise<string> {
  const rows = world.d1.rows(
    "SELECT uuid, user_uuid FROM payments WHERE status = 'completed' AND method = 'monnify'",
  )
  const payment = random.pickOrNone(rows.slice(-8))
  if (!payment) return 'nothing to refund'
  const userUuid = payment['user_uuid'] as string
  const caller = { userUuid, sessionUuid: 'any', tokenVersion: 0 }
  const amountKobo = kobo(random.pick(AMOUNTS_KOBO))
  const request = { amountKobo, reason: 'Paid twice', confirmation: undefined }
  const requested = await asked(world, () =>
    requestOwnRefund(world.deps, caller, payment['uuid'] as string, request, undefined),
  )
  if (requested === UNKNOWN) return UNKNOWN
  return allow('a refund', codeOf(requested), REFUSALS)
}

/** A person refunds in the dashboard; the event is sent, sent twice, or lost. */
export async function dashboardRefund(world: World, random: Random): Promise<string> {
  const transaction = transactionOf(world, random)
  const { refunds } = world.gateway
  if (transaction?.status !== 'PAID' || transaction.currency !== 'NGN') return 'nothing'
  const leftKobo = refunds.leftKobo(transaction)
  if (leftKobo <= 0) return 'nothing is left'
  const amountKobo = random.chance(0.4) ? leftKobo : random.between(1, leftKobo)
  const made = refunds.make(transaction, amountKobo)
  for (let sent = random.below(3); sent > 0; sent--) await tell(world, made)
  return `${amountKobo} kobo`
}

/** The payer's bank sends a completed refund back. */
export async function bounce(world: World, random: Random): Promise<string> {
  const { refunds } = world.gateway
  const paid = refunds.refunds.filter(({ isOwn, status }) => isOwn && status === 'COMPLETED')
  const refund = random.pickOrNone(paid.slice(0, 5))
  if (!refund) return 'nothing'
  refunds.set(refund, 'FAILED')
  return random.chance(0.7) ? tell(world, refund) : 'no event'
}

async function tell(world: World, refund: TwinRefund): Promise<string> {
  const { refundReference, transaction, status } = refund
  const { transactionReference } = transaction
  const eventType = status === 'FAILED' ? 'FAILED_REFUND' : 'SUCCESSFUL_REFUND'
  const eventData = { refundReference, transactionReference, refundAmount: 1, refundStatus: status }
  const body = new TextEncoder().encode(JSON.stringify({ eventType, eventData }))
  const signature = await signBody(SECRET, body)
  const received = await asked(world, () => receiveEvent(world.deps, body, signature))
  return received === UNKNOWN ? UNKNOWN : codeOf(received)
}

/** The cron jobs of refunds run. */
export async function sweepReturns(world: World): Promise<string> {
  const swept = await asked(world, async () => {
    await sweepRefunds(world.deps)
    await checkGatewayRefunds(world.deps)
  })
  return swept === UNKNOWN ? UNKNOWN : 'swept'
}

const WALLETS = ['primary', 'call_credits', 'call_credits'] as const

/** An operator gives goodwill, waives a debt, freezes or unfreezes. Rarely, the user leaves. */
export async function operate(world: World, random: Random): Promise<string> {
  const { uuid: userUuid } = world.user(random)
  const type = random.pick(WALLETS)
  const uuid = `00000000-0000-4000-8000-${String(random.below(2 ** 40)).padStart(12, '0')}`
  const debtKobo = world.auditor.wallet(`${userUuid}/${type}`).debtKobo
  const act = random.chance(0.02)
    ? 'close'
    : random.pick(['goodwill', 'goodwill', 'waive', 'freeze', 'unfreeze', 'unfreeze'])
  const done = await asked(world, () =>
    world.deps.wallets.send({ userUuid, type }, async (wallet) => {
      if (act === 'goodwill')
        return wallet.giveGoodwill({ uuid, amountKobo: kobo(random.between(1, 3000)) })
      if (act === 'freeze') return wallet.freeze()
      if (act === 'unfreeze') return wallet.unfreeze()
      if (act === 'close') return wallet.close({ erasureUuid: uuid, isWaived: random.chance(0.7) })
      const amountKobo = kobo(Math.max(1, random.between(1, Math.max(1, debtKobo))))
      return wallet.waiveDebt({ uuid, amountKobo })
    }),
  )
  if (done === UNKNOWN) return UNKNOWN
  const codes = [
    'ok',
    'amount_exceeds_debt',
    'reference_reused',
    'request_in_progress',
    'debt_open',
    'balance_left',
    /** An erased wallet. */
    'not_found',
  ]
  return `${act} ${allow(act, codeOf(done), codes)}`
}

/** An operator decides what Monnify never received, and what an exception names. */
async function decideUnknown({ deps, d1 }: World): Promise<void> {
  const undecided = d1.rows(
    `SELECT uuid, exceptions.kind FROM refunds LEFT JOIN exceptions
       ON subject = reference AND exceptions.kind = 'refund_undecided' WHERE status = 'processing'`,
  )
  for (const { uuid, kind } of undecided) {
    hold(kind !== null, () => `nobody learns that refund ${String(uuid)} is undecided`)
    const decision = { outcome: 'failed', evidence: 'Ada: not paid' } as const
    const decided = await decideRefund(deps, String(uuid), decision)
    hold(decided.ok, () => `refund ${String(uuid)} cannot be decided: ${codeOf(decided)}`)
  }
}

/** At the end of a world, every refund is decided, in the service as at the gateway. */
export async function decideRefunds(world: World): Promise<void> {
  const { gateway, deps, d1 } = world
  for (let round = 0; round < 8; round++) {
    await checkGatewayRefunds(deps)
    await sweepRefunds(deps)
    world.pass(13 * HOUR_MS)
  }
  for (const days of [8, 16, 25]) {
    world.pass(days * 24 * HOUR_MS)
    await sweepRefunds(deps)
  }
  for (const refund of gateway.refunds.refunds) await tell(world, refund)
  await sweepPayments(deps)
  await decideUnknown(world)
  for (const { uuid, status, reference } of d1.rows(
    'SELECT uuid, status, reference FROM refunds',
  )) {
    const decided = gateway.refunds.byReference(String(reference))?.status ?? 'FAILED'
    hold(
      String(status).toUpperCase() === decided,
      () => `refund ${String(uuid)} is ${String(status)}, and ${decided} at the gateway`,
    )
  }
}
