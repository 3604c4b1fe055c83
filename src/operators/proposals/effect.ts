/** Figures that a proposal would change, before its decision. */
import { addKobo, formatNgn, type Kobo, maxKobo, subtractKobo, ZERO } from '../../common/money'
import { ok, refuse, type Result } from '../../common/result'
import type { Payment, PaymentStore } from '../../payments/store'
import { checkRefund } from '../../refunds/core/refund'
import type { RefundLimits } from '../../refunds/service'
import type { RefundStore } from '../../refunds/store'
import type { User } from '../../users/store'
import type { WalletType } from '../../wallets/core/wallet'
import type { WalletClient } from '../../wallets/object/client'
import type { WalletInspection } from '../../wallets/object/inspection'
import type { Content } from './proposal'

export interface EffectDeps {
  readonly wallets: WalletClient
  readonly paymentStore: PaymentStore
  readonly refundStore: RefundStore
  readonly refundLimits: RefundLimits
  readonly now: () => number
}

/** [name, value], for people. */
export type Figures = readonly (readonly [name: string, value: string])[]

const MOST_REFUNDS = 100

const change = (before: Kobo, after: Kobo): string => `${formatNgn(before)} → ${formatNgn(after)}`

const balanceFigures = (
  wallet: WalletInspection,
  afterKobo: Kobo,
): (readonly [string, string])[] => [
  ['Balance that can be spent', change(wallet.availableKobo, afterKobo)],
  ['Held for open calls', formatNgn(wallet.heldKobo)],
]

/**
 * Returns what the proposal would change now. Refuses what the wallet or the refund would refuse: `insufficient_funds`,
 * `amount_exceeds_debt`, `refund_not_allowed`, `not_found`.
 */
export async function effectOf(
  deps: EffectDeps,
  { uuid: userUuid }: Pick<User, 'uuid'>,
  content: Content,
): Promise<Result<Figures>> {
  const inspect = (type: WalletType) =>
    deps.wallets.send({ userUuid, type }, (wallet) => wallet.inspect({ under: [] }))
  if (content.kind === 'refund') {
    const payment = await deps.paymentStore.byUuid(content.payment_uuid)
    if (!payment) return refuse({ code: 'not_found' })
    return refundEffect(deps, payment, await inspect(payment.walletType), content)
  }
  return walletEffect(await inspect(content.wallet), content)
}

async function refundEffect(
  { refundStore, refundLimits, now }: EffectDeps,
  payment: Payment,
  wallet: WalletInspection,
  { amount_kobo: amountKobo, method, reason }: Extract<Content, { kind: 'refund' }>,
): Promise<Result<Figures>> {
  const request = { amountKobo, method, reason, operator: 'any' }
  const allowed = checkRefund(request, payment, refundLimits.windowMs, now())
  if (!allowed.ok) return allowed
  const earlier = (await refundStore.ofPayment(payment.uuid, MOST_REFUNDS)).filter(
    ({ status }) => status !== 'failed',
  )
  const refundedKobo = addKobo(...earlier.map((refund) => refund.amountKobo))
  const leftKobo = maxKobo(ZERO, subtractKobo(payment.amountPaidKobo, refundedKobo))
  if (amountKobo > leftKobo) return refuse({ code: 'refund_exceeds_payment', leftKobo })
  const spendableKobo = maxKobo(ZERO, subtractKobo(wallet.availableKobo, wallet.goodwillKobo))
  if (amountKobo > spendableKobo)
    return refuse({
      code: 'insufficient_funds',
      requiredKobo: amountKobo,
      availableKobo: spendableKobo,
    })
  return ok([
    ['Paid', formatNgn(payment.amountPaidKobo)],
    ['Refunded before', formatNgn(refundedKobo)],
    ['Refunded now', formatNgn(amountKobo)],
    ...balanceFigures(wallet, subtractKobo(wallet.availableKobo, amountKobo)),
  ])
}

function walletEffect(
  wallet: WalletInspection,
  content: Exclude<Content, { kind: 'refund' }>,
): Result<Figures> {
  const { amount_kobo: amountKobo } = content
  const { availableKobo, debtKobo } = wallet
  if (content.kind === 'debt_waiver')
    return amountKobo > debtKobo
      ? refuse({ code: 'amount_exceeds_debt', debtKobo })
      : ok([['Debt', change(debtKobo, subtractKobo(debtKobo, amountKobo))]])
  const isDebit = content.kind === 'correction' && content.direction === 'debit'
  if (isDebit && amountKobo > availableKobo)
    return refuse({ code: 'insufficient_funds', requiredKobo: amountKobo, availableKobo })
  const after = isDebit
    ? subtractKobo(availableKobo, amountKobo)
    : addKobo(availableKobo, amountKobo)
  return ok([...balanceFigures(wallet, after), ['Debt', formatNgn(debtKobo)]])
}
