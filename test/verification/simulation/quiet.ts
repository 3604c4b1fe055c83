/**
 * The end of a world: faults are over, everything late arrives, and all calls end. Then nothing may be in
 * progress, all books must agree, and in the next three days few wake-ups are allowed.
 */
import { checkProjection } from './auditor/projection'
import { type LivenessLimits, LivenessJudge, QUIET_LIMITS, SPAN_MS } from './auditor/liveness'
import { hold, Violation } from './auditor/violation'
import { elapse } from './elapse'
import { NO_FAULTS } from './faults'
import { answer, initiate } from './operations/calls'
import { topUp, transfer } from './operations/payments'
import { decideRefunds } from './operations/refunds'
import { settleEvent } from './operations/settling'
import { ringPoller } from './operations/time'
import { createRandom, seedFrom } from '../support/random'
import { RECIPIENTS_TO_BLANK } from './objects'
import type { World } from './world'
import { sweepPayments } from '../../../src/payments/sweep'

const ROUNDS = 50
const HOUR_MS = 3_600_000
const MOST_WAKE_UPS = 20_000

async function ringAll(world: World): Promise<void> {
  for (let round = 0; round < ROUNDS; round++) {
    const due = [...world.objects.residents.values()].filter(({ host }) => host.alarmAtMs !== null)
    if (due.length === 0) return
    world.pass(31_000)
    for (const { host } of due)
      if ((host.alarmAtMs ?? Infinity) <= Date.now()) await world.objects.ring(host.name)
  }
}

export async function becomeQuiet(world: World): Promise<void> {
  const { auditor, objects, d1, gateway, scenery } = world
  world.faults.begin(NO_FAULTS)
  world.streams.end()
  gateway.said.clear()
  while (d1.late.length > 0) d1.arrive(0)
  for (const { host } of objects.residents.values()) host.abort()
  const clocksMs = [...auditor.wallets.values()].map(({ clockMs }) => clockMs)
  world.pass(Math.max(0, ...clocksMs.map((clockMs) => clockMs - Date.now())))
  world.pass(scenery.callLimits.maxDurationMs + HOUR_MS)
  for (const host of world.pollers.values())
    if (host.alarmAtMs !== null) await ringPoller(world, host.name)
  await sweepPayments(world.deps)
  for (const { status, paymentReference } of gateway.transactions.values())
    if (status === 'PAID' || status === 'REVERSED') await settleEvent(world, paymentReference)
  await decideRefunds(world)
  for (const name of objects.residents.keys()) {
    await objects.command(name, 'unfreeze', [])
    await objects.command(name, 'open', [])
  }
  await ringAll(world)
  await world.streams.rest()
  if (world.violation) throw world.violation
  checkQuiet(world)
}

/** Last operations of users. */
const LAST_ACTS = [topUp, topUp, transfer, transfer, initiate, answer]

/** Three days of polls take half the time of a world, so only one world in three has them. */
const WORLDS_FOR_ONE_JUDGED = 3

/**
 * Plays three quiet days after some last requests; stops at the first finding.
 * @returns the largest number of wake-ups of one payment and of one wallet
 */
export async function stayQuiet(world: World, seed: number): Promise<LivenessLimits> {
  if (seed % WORLDS_FOR_ONE_JUDGED !== 0) return { payment: 0, wallet: 0 }
  const random = createRandom(seedFrom(seed, 17))
  if (world.users.length > 0)
    for (const act of LAST_ACTS) await act(world, createRandom(random.below(2 ** 30)))
  const judge = new LivenessJudge(QUIET_LIMITS)
  await elapse(world, judge, { forMs: SPAN_MS, mostWakeUps: MOST_WAKE_UPS })
  const [finding] = judge.findings
  if (finding) throw new Violation(`quiet for ${SPAN_MS / HOUR_MS} h: ${finding}`)
  checkRecipients(world)
  return judge.most
}

/** After three quiet days, neither a wallet nor D1 has the recipient of an old call. */
function checkRecipients({ objects, d1 }: World): void {
  const untilMs = Date.now() - SPAN_MS / 2
  for (const { name, rows } of objects.all()) {
    const [row] = rows(`SELECT (${RECIPIENTS_TO_BLANK}) AS named`, untilMs)
    hold(row?.['named'] === 0, () => `${name}: recipients of old calls are kept`)
  }
  const [row] = d1.rows(
    `SELECT (${RECIPIENTS_TO_BLANK}) AS named`.replace('FROM calls', 'FROM call_sessions'),
    untilMs,
  )
  hold(row?.['named'] === 0, () => 'D1 keeps recipients of old calls')
}

/** Checks at rest: nothing in transit, no open call, D1 equals the objects, and the gateway agrees. */
function checkQuiet({ auditor, objects, d1, gateway, orders, eventJudge }: World): void {
  eventJudge.checkComplete()
  auditor.checkAll(objects.all())
  orders.checkCompleted((name) => auditor.wallet(name))
  for (const wallet of auditor.wallets.values()) {
    hold(wallet.open.length === 0, () => 'a call outlives its horizon')
    checkProjection(d1, wallet, true)
  }
  for (const { name, rows } of objects.all()) {
    const [open] = rows(`SELECT COUNT(*) AS open FROM transfers WHERE status = 'in_transit'`)
    hold(open?.['open'] === 0, () => `${name}: a transfer is under way for ever`)
    const [left] = rows('SELECT COUNT(*) AS events FROM event_outbox')
    hold(left?.['events'] === 0, () => `${name}: events are under way for ever`)
  }
  const { transitKobo, gatewayKobo, refundKobo } = auditor.totals
  let receivedKobo = 0
  for (const { status, currency, paidKobo, paymentReference } of gateway.transactions.values())
    if (status === 'PAID' && currency === 'NGN')
      receivedKobo += paidKobo - gateway.refunds.completedKobo(paymentReference)
  hold(transitKobo === 0, () => `${transitKobo} kobo are in transit for ever`)
  hold(refundKobo === 0, () => `${refundKobo} kobo are still held for refunds at the end`)
  hold(
    receivedKobo === gatewayKobo,
    () => `the gateway keeps ${receivedKobo}, and the wallets say ${gatewayKobo}`,
  )
}
