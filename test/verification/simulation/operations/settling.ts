/** Operations that confirm payments: verification, true and forged events, the sweep. */
import { signBody } from '../../../../src/payments/monnify/signature'
import { verifyPayment } from '../../../../src/payments/service'
import { sweepPayments } from '../../../../src/payments/sweep'
import { receiveEvent } from '../../../../src/payments/webhook'
import { hold } from '../auditor/violation'
import type { Random } from '../../support/random'
import { SECRET, type World } from '../world'
import { allow, asked, codeOf, UNKNOWN } from './outcome'
import { bankReverses, transactionOf } from './transactions'

/** Checks after an undisturbed confirmation that the payment's row equals its wallet. */
function checkRow(world: World, reference: string): void {
  if (world.isShared || world.faults.hasStruck) return
  const own = reference.replace(/_a\d+$/, '')
  const isSaid = [...world.gateway.said].some(
    ([asked, said]) => asked.startsWith(`${own}_a`) && said.some(({ kind }) => kind !== 'other'),
  )
  if (!isSaid) return
  const [row] = world.d1.rows('SELECT uuid FROM payments WHERE reference = ?', own)
  const walletOf = (name: string) => world.auditor.wallet(name)
  if (row) world.orders.checkSettled(row['uuid'] as string, walletOf)
}

/** Checks that a confirmed amount is in the wallet, unless something happened in between. */
function checkCredited(world: World): void {
  if (world.isShared || world.faults.hasStruck) return
  const wallets = [...world.auditor.wallets.values()]
  for (const [reference, said] of world.gateway.said)
    for (const one of said) {
      if (one.kind !== 'received') continue
      const credits = wallets.map(({ credits }) => credits.get(reference)?.kobo ?? 0)
      const isReversed = wallets.some(({ reversals }) => reversals.has(reference))
      hold(
        isReversed || Math.max(...credits) >= one.kobo,
        () => `${one.kobo} kobo were confirmed for ${reference} and not credited`,
      )
    }
}

const referenceOf = (world: World, random: Random): string => {
  const transaction = transactionOf(world, random)
  if (!transaction || random.chance(0.05)) return `AIL-${'0'.repeat(32)}`
  const { paymentReference } = transaction
  return random.chance(0.5) ? paymentReference.replace(/_a\d+$/, '') : paymentReference
}

const ownerOf = (world: World, reference: string): string | undefined =>
  world.d1.rows(
    'SELECT user_uuid FROM payments WHERE reference = ?',
    reference.replace(/_a\d+$/, ''),
  )[0]?.['user_uuid'] as string | undefined

export async function verify(world: World, random: Random): Promise<string> {
  const reference = referenceOf(world, random)
  const owner = ownerOf(world, reference)
  const userUuid = owner && random.chance(0.9) ? owner : world.user(random).uuid
  const verified = await asked(world, () => verifyPayment(world.deps, userUuid, reference))
  if (verified === UNKNOWN) return UNKNOWN
  if (owner === userUuid) {
    checkRow(world, reference)
    checkCredited(world)
  }
  const struck = world.isShared || world.faults.hasStruck
  const allowed = struck ? ['ok', 'gateway_unavailable'] : ['ok']
  return allow('verify', codeOf(verified), owner === userUuid ? allowed : ['not_found'])
}

/** Sends an event about a transaction: true or false, from Monnify or forged, with or without a signature. */
export async function webhook(world: World, random: Random): Promise<string> {
  const reference = random.chance(0.06)
    ? random.pick(['theirs-1', 'AIL-unknown', `${referenceOf(world, random)}_a99`])
    : (transactionOf(world, random)?.paymentReference ?? 'AIL-none')
  return tell(world, random, reference)
}

export async function tell(world: World, random: Random, reference: string): Promise<string> {
  const event = {
    eventType: random.pick([
      'SUCCESSFUL_TRANSACTION',
      'SUCCESSFUL_TRANSACTION',
      'REJECTED_PAYMENT',
    ]),
    eventData: {
      paymentReference: reference,
      amountPaid: random.pick([1, 5000, 1_000_000, '77.77']),
      totalPayable: 1_000_000,
      currency: random.pick(['NGN', 'USD']),
      paymentStatus: random.pick(['PAID', 'PAID', 'OVERPAID', 'FAILED']),
    },
  }
  return send(world, random, reference, JSON.stringify(event))
}

/** A bank reverses a payment; Monnify sends an event at once, or does not. */
export async function reverse(world: World, random: Random): Promise<string> {
  const reference = bankReverses(world, random)
  if (!reference) return 'nothing'
  return random.chance(0.5) ? 'reversed' : `reversed, ${await tell(world, random, reference)}`
}

async function send(
  world: World,
  random: Random,
  reference: string,
  text: string,
): Promise<string> {
  const body = new TextEncoder().encode(text)
  const isForged = random.chance(0.1)
  const signature = await signBody(isForged ? 'another secret' : SECRET, body)
  const changesBefore = world.d1.changes
  const { asked: askedBefore } = world.gateway
  const received = await asked(world, () => receiveEvent(world.deps, body, signature))
  if (received !== UNKNOWN && !isForged) checkEvent(world, reference)
  if (received === UNKNOWN || (!received.ok && !isForged)) {
    const again = () => send(world, random, reference, text)
    world.unresolved.push({ what: 'webhook', again })
    if (received !== UNKNOWN && !world.isShared && !world.faults.hasStruck)
      allow('an event', codeOf(received), [])
    return UNKNOWN
  }
  if (isForged) {
    const isUntouched = world.d1.changes === changesBefore && world.gateway.asked === askedBefore
    hold(isUntouched || world.isShared, () => 'a forged event has an effect')
    return allow('a forged event', codeOf(received), ['invalid_signature'])
  }
  return received.ok ? received.value : codeOf(received)
}

function checkEvent(world: World, reference: string): void {
  checkRow(world, reference)
  checkCredited(world)
}

/** Sends Monnify's true event without a fault. */
export async function settleEvent(world: World, paymentReference: string): Promise<void> {
  const event = { eventType: 'SUCCESSFUL_TRANSACTION', eventData: { paymentReference } }
  const body = new TextEncoder().encode(JSON.stringify(event))
  const received = await receiveEvent(world.deps, body, await signBody(SECRET, body))
  allow('a true event', codeOf(received), ['ok'])
}

export async function sweep(world: World): Promise<string> {
  const swept = await asked(world, () => sweepPayments(world.deps))
  if (swept === UNKNOWN) return UNKNOWN
  checkCredited(world)
  return 'swept'
}
