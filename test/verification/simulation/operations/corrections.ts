/** An operator corrects a balance: within and beyond what can be spent, again, and of a user who has left. */
import { kobo } from '../../../../src/common/money'
import type { Correction } from '../../../../src/wallets/core/correction'
import type { WalletType } from '../../../../src/wallets/core/wallet'
import type { Random } from '../../support/random'
import type { WalletModel } from '../auditor/wallet-model'
import type { World } from '../world'
import { allow, asked, codeOf, UNKNOWN } from './outcome'

const WALLETS = ['primary', 'call_credits', 'call_credits'] as const
const REFUSALS = ['ok', 'reference_reused', 'insufficient_funds', 'not_found']

export async function correct(world: World, random: Random): Promise<string> {
  const model = walletOf(world, random)
  const { userUuid } = model
  const type = model.type as WalletType
  const correction = correctionOf(model, random)
  const done = await asked(world, () =>
    world.deps.wallets.send({ userUuid, type }, (wallet) => wallet.correct(correction)),
  )
  if (done === UNKNOWN) return UNKNOWN
  return `${correction.direction} ${allow('a correction', codeOf(done), REFUSALS)}`
}

function walletOf(world: World, random: Random): WalletModel {
  const { auditor } = world
  const closed = [...auditor.wallets.values()].filter(({ erasedAtMs }) => erasedAtMs !== null)
  const left = random.chance(0.3) ? random.pickOrNone(closed) : undefined
  if (left) return left
  const { uuid } = world.user(random)
  return auditor.wallet(`${uuid}/${random.pick(WALLETS)}`)
}

/** A balance includes what is held for calls, so a debit of all of it is often refused. */
function correctionOf(model: WalletModel, random: Random): Correction {
  const uuid = `00000000-0000-4000-9000-${String(random.below(2 ** 40)).padStart(12, '0')}`
  const direction = random.pick(['credit', 'debit'] as const)
  const { postedKobo, corrected } = model
  const debitKobo = random.pick([random.between(1, 6000), postedKobo, postedKobo - 100])
  const amountKobo = kobo(Math.max(1, direction === 'debit' ? debitKobo : random.between(1, 3000)))
  const earlier = random.chance(0.4) ? random.pickOrNone([...corrected]) : undefined
  if (!earlier) return { uuid, amountKobo, direction }
  const [uuidBefore, koboBefore] = earlier
  const isSame = random.chance(0.6)
  const amountBefore = kobo(Math.abs(koboBefore))
  const directionBefore = koboBefore > 0 ? 'credit' : 'debit'
  return {
    uuid: uuidBefore,
    amountKobo: isSame || random.chance(0.5) ? amountBefore : amountKobo,
    direction: isSame ? directionBefore : direction,
  }
}
