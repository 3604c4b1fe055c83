/** What people do with payments, what their customers' bank does, and what Monnify sends. */
import { idempotencyOf } from '../../../src/common/idempotency'
import { kobo } from '../../../src/common/money'
import { signBody } from '../../../src/payments/monnify-signature'
import { createPayment, type NewPayment, verifyPayment } from '../../../src/payments/service'
import { sweepPayments } from '../../../src/payments/sweep'
import { receiveEvent } from '../../../src/payments/webhook'
import { hold } from '../auditor/violation'
import type { Transaction } from '../gateway'
import type { Random } from '../random'
import { SECRET, type World } from '../world'
import { allow, asked, codeOf, UNKNOWN } from './outcome'

const AMOUNTS_KOBO = [100_000, 5000, 1000, 2100, 1099, 50_000, 3000, 99, 1, 20_000, 12_345]
const KEYS = 60

const REFUSALS = ['gateway_unavailable', 'gateway_refused', 'request_in_progress']

export async function topUp(world: World, random: Random): Promise<string> {
  return order(world, random, 'monnify', random.pick(['primary', 'call_credits', 'call_credits']))
}

export async function transfer(world: World, random: Random): Promise<string> {
  return order(world, random, 'wallet', 'call_credits')
}

/** What is ordered under a key is mostly the same every time. */
async function order(
  world: World,
  random: Random,
  method: NewPayment['method'],
  walletType: NewPayment['walletType'],
): Promise<string> {
  const index = random.below(KEYS)
  const key = random.chance(0.7) ? `${method} to ${walletType} ${index}` : undefined
  const isUsual = key !== undefined && random.chance(0.85)
  const amountKobo = isUsual ? AMOUNTS_KOBO[index % AMOUNTS_KOBO.length] : random.pick(AMOUNTS_KOBO)
  const request = { amountKobo: kobo(amountKobo ?? 1), method, walletType, description: null }
  return orderWith(world, world.user(random).uuid, request, key)
}

async function orderWith(
  world: World,
  userUuid: string,
  request: NewPayment,
  key: string | undefined,
): Promise<string> {
  const { amountKobo, method, walletType: wallet } = request
  world.orders.make({ userUuid, wallet, method, amountKobo, key })
  const isFirst = key === undefined || !hasKey(world, userUuid, key)
  const created = await asked(world, () =>
    createPayment(world.deps, userUuid, request, idempotencyOf(key, request)),
  )
  if (key && (created === UNKNOWN || !created.ok)) {
    const again = () => orderWith(world, userUuid, request, key)
    world.unresolved.push({ what: `order by ${method}`, again })
  }
  if (created === UNKNOWN) return UNKNOWN
  if (created.ok) {
    const { answer, replayed } = created.value
    world.orders.answered({ userUuid, key }, answer.uuid)
    hold(answer.amountKobo === amountKobo, () => 'a payment is of another amount')
    if (isFirst && !world.isShared) hold(!replayed, () => 'a first answer is called a repetition')
    return 'ok'
  }
  const isPlain = isFirst && !world.isShared && !world.faults.hasStruck
  const plain = method === 'wallet' ? ['insufficient_funds'] : []
  const repeated = [...plain, ...REFUSALS, 'idempotency_key_reused']
  return allow(`an order by ${method}`, codeOf(created), isPlain ? plain : repeated)
}

const hasKey = (world: World, userUuid: string, key: string): boolean =>
  world.d1.rows(
    'SELECT uuid FROM payments WHERE user_uuid = ? AND idempotency_key = ?',
    userUuid,
    key,
  ).length > 0

/** Mostly one of the latest, at times one that was opened again after an attempt that failed. */
function transactionOf(world: World, random: Random): Transaction | undefined {
  const all = [...world.gateway.transactions.values()]
  const again = random.chance(0.2)
    ? all.filter(({ paymentReference }) => !paymentReference.endsWith('_a1'))
    : []
  return random.pickOrNone(again) ?? random.pickOrNone(random.chance(0.8) ? all.slice(-6) : all)
}

/** A customer pays, in part, too much, in two parts, in another currency, or does not. */
export async function customerActs(world: World, random: Random): Promise<string> {
  const transaction = transactionOf(world, random)
  if (!transaction) return 'nobody'
  const { status, orderedKobo } = transaction
  if (status === 'PAID') {
    if (random.chance(0.2) && transaction.currency === 'NGN')
      transaction.paidKobo += random.pick([1, 500, orderedKobo])
    return 'pays more'
  }
  if (status === 'REVERSED') return 'has been paid back'
  if (random.chance(0.12)) {
    transaction.status = random.pick(['FAILED', 'CANCELLED', 'ABANDONED', 'EXPIRED'] as const)
    return transaction.status
  }
  transaction.status = 'PAID'
  const part = Math.max(1, Math.floor(orderedKobo / 3))
  const full = [orderedKobo, orderedKobo, orderedKobo, orderedKobo, orderedKobo]
  transaction.paidKobo = random.pick([
    ...full,
    part,
    orderedKobo + 700,
    Math.max(1, orderedKobo - 1),
  ])
  if (random.chance(0.04)) transaction.currency = 'USD'
  return 'pays'
}

export async function bankReverses(world: World, random: Random): Promise<string> {
  const transaction = transactionOf(world, random)
  if (transaction?.status !== 'PAID') return 'nothing'
  transaction.status = 'REVERSED'
  if (random.chance(0.5)) return 'reversed'
  return `reversed, ${await tell(world, random, transaction.paymentReference)}`
}

/** After a look at a payment that nothing disturbed, its row says what its wallet holds. */
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

/** What was said of a reference has to be in the wallet, where nothing came in between. */
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

/** Monnify's event of a transaction, true or not; or somebody else's, under a signature or none. */
export async function webhook(world: World, random: Random): Promise<string> {
  const reference = random.chance(0.06)
    ? random.pick(['theirs-1', 'AIL-unknown', `${referenceOf(world, random)}_a99`])
    : (transactionOf(world, random)?.paymentReference ?? 'AIL-none')
  return tell(world, random, reference)
}

async function tell(world: World, random: Random, reference: string): Promise<string> {
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

/** Monnify's own, true event; everything is well. */
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
