/**
 * A lookup: everything about one payment, call, wallet or user, from D1, the wallets and Monnify, for an
 * operator. It changes nothing.
 */
import { emailKeyOf } from '../../common/text/email'
import { logEvent } from '../../common/log'
import { ok, refuse, type Result } from '../../common/result'
import type { ExceptionStore, KnownExceptions } from '../../exceptions/store'
import { attemptReference, ownReference } from '../../payments/core/references'
import type { Gateway } from '../../payments/monnify/client'
import {
  type Interpretation,
  type GatewayTransaction,
  interpretTransaction,
} from '../../payments/core/payment'
import type { Payment, PaymentStore } from '../../payments/store'
import type { Refund, RefundStore } from '../../refunds/store'
import type { User, UserStore } from '../../users/store'
import { paymentEntryPrefix } from '../../wallets/core/payment-commands'
import { refundPrefix, reversalPrefix } from '../../wallets/core/returned-money'
import { transferInReference, transferOutReference } from '../../wallets/core/transfer-commands'
import type { InspectQuery, WalletInspection } from '../../wallets/object/inspection'
import {
  isWalletType,
  WALLET_TYPES,
  type WalletName,
  type WalletType,
} from '../../wallets/core/wallet'
import type { WalletClient } from '../../wallets/object/client'
import type { LookupStore, KnownEvents } from './lookup-store'
import { isMonnifys, readReference, readUser, readUuid } from './spelling'

export interface LookupDeps {
  readonly paymentStore: PaymentStore
  readonly userStore: UserStore
  readonly lookupStore: LookupStore
  readonly refundStore: RefundStore
  readonly exceptionStore: ExceptionStore
  readonly gateway: Gateway
  readonly wallets: WalletClient
}

/** Subject: a payment by any reference or UUID, a user by e-mail address or UUID, in any spelling. */
export interface LookupRequest {
  readonly payment?: string | undefined
  readonly call?: string | undefined
  readonly wallet?: string | undefined
  readonly user?: string | undefined
}

/** Monnify's status of an attempt and its interpretation; neither if Monnify could not be queried. */
export interface QueriedAttempt {
  readonly reference: string
  readonly transaction: GatewayTransaction | undefined
  readonly finding: Interpretation | undefined
}

export interface PaymentLookup {
  readonly payment: Payment
  /** The newest attempts. `payment.attempt` is their total number. */
  readonly attempts: readonly QueriedAttempt[]
  /** The newest refunds that were requested here. */
  readonly refunds: readonly Refund[]
  readonly events: KnownEvents
  readonly exceptions: KnownExceptions
}

export interface Lookup {
  readonly user: User | undefined
  readonly payments: readonly PaymentLookup[]
  readonly paymentsTotal: number
  readonly wallets: readonly WalletInspection[]
}

const NEWEST_PAYMENTS = 10
/** Limits, because each attempt costs a query to Monnify. */
const NEWEST_ATTEMPTS = 10
const NEWEST_ATTEMPTS_IN_LIST = 3
const NEWEST_REFUNDS = 20
const NOT_FOUND = refuse({ code: 'not_found' })

/** `npm run aileana` compares this text, to tell an unknown subject from a missing operator route. */
export const NOTHING_FOUND = 'Nothing of this kind has this name.'

/** Refuses `not_found`. */
export async function lookUp(deps: LookupDeps, request: LookupRequest): Promise<Result<Lookup>> {
  const opened = await lookUpSubject(deps, request)
  const user = opened.ok ? opened.value.user?.uuid : undefined
  logEvent('lookup_read', { kind: Object.keys(request).join('+'), found: opened.ok, user })
  return opened
}

function lookUpSubject(deps: LookupDeps, { payment, call, wallet, user }: LookupRequest) {
  if (payment !== undefined) return lookUpPayment(deps, readReference(payment))
  const named = user === undefined ? undefined : readUser(user)
  if (call !== undefined) return lookUpCall(deps, readUuid(call), named)
  return wallet === undefined ? lookUpUser(deps, named ?? '') : lookUpWallet(deps, readUuid(wallet))
}

const inspect = (deps: LookupDeps, name: WalletName, query: Partial<InspectQuery> = {}) =>
  deps.wallets.send(name, (wallet) => wallet.inspect({ under: [], ...query }))

const findUser = async ({ userStore }: LookupDeps, user: string): Promise<User | undefined> =>
  user.includes('@') ? userStore.byEmailKey(emailKeyOf(user)) : userStore.byUuid(user)

async function lookUpPayment(deps: LookupDeps, named: string): Promise<Result<Lookup>> {
  const found = await findPayments(deps, named)
  const [first] = found
  if (!first) return NOT_FOUND
  const payments: PaymentLookup[] = []
  const wallets: WalletInspection[] = []
  for (const payment of found) {
    const { userUuid } = payment
    for (const [type, under] of Object.entries(entriesOf(payment)))
      if (isWalletType(type)) wallets.push(await inspect(deps, { userUuid, type }, { under }))
    payments.push(await detailsOf(deps, payment, NEWEST_ATTEMPTS))
  }
  const user = await deps.userStore.byUuid(first.userUuid)
  return ok({ user, payments, paymentsTotal: payments.length, wallets })
}

/** D1 has Monnify's reference of the last attempt only. For an older one, Monnify returns our reference. */
export async function findPayments(deps: LookupDeps, named: string): Promise<readonly Payment[]> {
  const { paymentStore, lookupStore, gateway } = deps
  const byOwn = async (reference: string) => paymentStore.byReference(ownReference(reference))
  if (!isMonnifys(named)) {
    const payment = (await byOwn(named)) ?? (await paymentStore.byUuid(named))
    return payment ? [payment] : []
  }
  const known = await lookupStore.byMonnifyReference(named)
  if (known.length > 0) return known
  const queried = await gateway.query(named, 'transactionReference')
  const payment = queried.ok && queried.value && (await byOwn(queried.value.paymentReference))
  return payment ? [payment] : []
}

/** Prefixes of a payment's entry references, by wallet type. */
const entriesOf = ({
  method,
  uuid,
  walletType,
}: Payment): Partial<Record<WalletType, readonly string[]>> =>
  method === 'wallet'
    ? { primary: [transferOutReference(uuid)], [walletType]: [transferInReference(uuid)] }
    : { [walletType]: [paymentEntryPrefix(uuid), reversalPrefix(uuid), refundPrefix(uuid)] }

async function detailsOf(
  deps: LookupDeps,
  payment: Payment,
  newest: number,
): Promise<PaymentLookup> {
  const attempts: QueriedAttempt[] = []
  const from = Math.max(1, payment.attempt - newest + 1)
  for (let attempt = from; attempt <= payment.attempt; attempt++)
    attempts.push(await queryAttempt(deps, attemptReference({ ...payment, attempt })))
  const refunds = await deps.refundStore.ofPayment(payment.uuid, NEWEST_REFUNDS)
  const references = [
    payment.reference,
    ...attempts.map(({ reference }) => reference),
    ...attempts.flatMap(({ transaction }) => transaction?.transactionReference ?? []),
    ...refunds.map(({ reference }) => reference),
  ]
  return {
    payment,
    attempts,
    refunds,
    events: await deps.lookupStore.eventsOf(references),
    exceptions: await deps.exceptionStore.about(references),
  }
}

export async function queryAttempt(
  { gateway }: Pick<LookupDeps, 'gateway'>,
  reference: string,
): Promise<QueriedAttempt> {
  const queried = await gateway.query(reference)
  if (!queried.ok) return { reference, transaction: undefined, finding: undefined }
  return {
    reference,
    transaction: queried.value,
    finding: interpretTransaction(reference, queried.value),
  }
}

/** With its user given, a call is found even before it is projected to D1. */
async function lookUpCall(deps: LookupDeps, call: string, user?: string): Promise<Result<Lookup>> {
  const caller = user === undefined ? undefined : await findUser(deps, user)
  const name = caller
    ? ({ userUuid: caller.uuid, type: 'call_credits' } as const)
    : await deps.lookupStore.walletOfCall(call)
  if (!name) return NOT_FOUND
  const wallet = await inspect(deps, name, { under: [`call/${call}`], callUuid: call })
  if (!wallet.calls.some(({ uuid }) => uuid === call)) return NOT_FOUND
  const found = await deps.userStore.byUuid(name.userUuid)
  return ok({ user: found, payments: [], paymentsTotal: 0, wallets: [wallet] })
}

async function lookUpWallet(deps: LookupDeps, uuid: string): Promise<Result<Lookup>> {
  const name = await deps.lookupStore.walletName(uuid)
  if (!name) return NOT_FOUND
  const user = await deps.userStore.byUuid(name.userUuid)
  return ok({ user, payments: [], paymentsTotal: 0, wallets: [await inspect(deps, name)] })
}

async function lookUpUser(deps: LookupDeps, named: string): Promise<Result<Lookup>> {
  const user = await findUser(deps, named)
  if (!user) return NOT_FOUND
  const { uuid: userUuid } = user
  const payments: PaymentLookup[] = []
  for (const payment of await deps.paymentStore.list(userUuid, { limit: NEWEST_PAYMENTS }))
    payments.push(await detailsOf(deps, payment, NEWEST_ATTEMPTS_IN_LIST))
  const paymentsTotal = await deps.lookupStore.countPayments(userUuid)
  const wallets: WalletInspection[] = []
  for (const type of WALLET_TYPES) wallets.push(await inspect(deps, { userUuid, type }))
  return ok({ user, payments, paymentsTotal, wallets })
}
