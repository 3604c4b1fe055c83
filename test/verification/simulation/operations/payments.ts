/** Operations of users on payments: top-ups through Monnify, and transfers. */
import { idempotencyOf } from '../../../../src/common/idempotency'
import { kobo } from '../../../../src/common/money'
import { createPayment, type NewPayment } from '../../../../src/payments/service'
import { hold } from '../auditor/violation'
import type { Random } from '../../support/random'
import type { World } from '../world'
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

/** A repeat with the same key mostly has the same body. */
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
  const plain = method === 'wallet' ? ['insufficient_funds', 'wallet_frozen'] : []
  const repeated = [...plain, ...REFUSALS, 'idempotency_key_reused']
  return allow(`an order by ${method}`, codeOf(created), isPlain ? plain : repeated)
}

const hasKey = (world: World, userUuid: string, key: string): boolean =>
  world.d1.rows(
    'SELECT uuid FROM payments WHERE user_uuid = ? AND idempotency_key = ?',
    userUuid,
    key,
  ).length > 0
