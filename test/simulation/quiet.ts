/**
 * The end of a world: faults are over, everything late arrives, clocks run out. Then nothing may be
 * under way any more, and all books have to agree.
 */
import { checkCopy } from './auditor/copy'
import { hold } from './auditor/violation'
import { NO_FAULTS } from './faults'
import { settleEvent } from './operations/settling'
import { ringChase } from './operations/time'
import type { World } from './world'
import { sweepPayments } from '../../src/payments/sweep'

const ROUNDS = 50
const HOUR_MS = 3_600_000

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
  gateway.said.clear()
  while (d1.late.length > 0) d1.arrive(0)
  for (const { host } of objects.residents.values()) host.abort()
  const clocksMs = [...auditor.wallets.values()].map(({ clockMs }) => clockMs)
  world.pass(Math.max(0, ...clocksMs.map((clockMs) => clockMs - Date.now())))
  world.pass(scenery.callLimits.maxDurationMs + HOUR_MS)
  for (const host of world.chases.values())
    if (host.alarmAtMs !== null) await ringChase(world, host.name)
  await sweepPayments(world.deps)
  for (const { status, paymentReference } of gateway.transactions.values())
    if (status === 'PAID' || status === 'REVERSED') await settleEvent(world, paymentReference)
  for (const name of objects.residents.keys()) await objects.command(name, 'open', [])
  await ringAll(world)
  if (world.violation) throw world.violation
  checkQuiet(world)
}

/** When all is quiet: nothing in transit, no open call, D1 as the objects, and the gateway agrees. */
function checkQuiet({ auditor, objects, d1, gateway, orders }: World): void {
  auditor.checkAll(objects.all())
  orders.checkCompleted((name) => auditor.wallet(name))
  let shortKobo = 0
  for (const wallet of auditor.wallets.values()) {
    hold(wallet.open.length === 0, () => 'a call outlives its horizon')
    checkCopy(d1, wallet, true)
    for (const reversal of wallet.reversals.values()) shortKobo += reversal.shortKobo
  }
  for (const { name, rows } of objects.all()) {
    const [open] = rows(`SELECT COUNT(*) AS open FROM transfers WHERE status = 'in_transit'`)
    hold(open?.['open'] === 0, () => `${name}: a transfer is under way for ever`)
  }
  const { postedKobo, transitKobo, revenueKobo } = auditor.totals
  let receivedKobo = 0
  for (const { status, currency, paidKobo } of gateway.transactions.values())
    if (status === 'PAID' && currency === 'NGN') receivedKobo += paidKobo
  hold(transitKobo === 0, () => `${transitKobo} kobo are in transit for ever`)
  hold(
    receivedKobo + shortKobo === postedKobo + revenueKobo,
    () =>
      `received ${receivedKobo}, short ${shortKobo}; wallets ${postedKobo}, revenue ${revenueKobo}`,
  )
}
