/**
 * A case: what bears on one payment, call, wallet or user, from everybody who keeps books on it, for
 * an operator who has to explain it. Nothing is marked, moved or repaired.
 */
import { emailKeyOf } from '../common/email'
import { logEvent } from '../common/log'
import { ok, refuse, type Result } from '../common/result'
import type { ExceptionStore, KnownException } from '../exceptions/store'
import { attemptReference, ownReference } from '../payments/attempt'
import type { Gateway } from '../payments/monnify'
import { type Finding, type GatewayTransaction, judge } from '../payments/payment'
import type { Payment, PaymentStore } from '../payments/store'
import type { User, UserStore } from '../users/store'
import { paymentPrefix } from '../wallets/decide-receipt'
import { transferInReference, transferOutReference } from '../wallets/decide-transfer'
import type { InspectQuery, WalletInspection } from '../wallets/inspection'
import { isWalletType, WALLET_TYPES, type WalletName, type WalletType } from '../wallets/wallet'
import type { WalletClient } from '../wallets/wallet-client'
import type { CaseStore, KnownEvent } from './case-store'

export interface CaseDeps {
  readonly paymentStore: PaymentStore
  readonly userStore: UserStore
  readonly caseStore: CaseStore
  readonly exceptionStore: ExceptionStore
  readonly gateway: Gateway
  readonly wallets: WalletClient
}

/** A payment by its reference or uuid, a user by e-mail or uuid. */
export interface CaseRequest {
  readonly payment?: string | undefined
  readonly call?: string | undefined
  readonly wallet?: string | undefined
  readonly user?: string | undefined
}

/** Monnify's word on an attempt, and what it means here. None where Monnify could not be asked. */
export interface AskedAttempt {
  readonly reference: string
  readonly transaction: GatewayTransaction | undefined
  readonly finding: Finding | undefined
}

export interface PaymentCase {
  readonly payment: Payment
  readonly attempts: readonly AskedAttempt[]
  readonly events: readonly KnownEvent[]
  readonly exceptions: readonly KnownException[]
}

export interface Case {
  readonly user: User | undefined
  readonly payments: readonly PaymentCase[]
  readonly wallets: readonly WalletInspection[]
}

const NEWEST_PAYMENTS = 10
const NOT_FOUND = refuse({ code: 'not_found' })

/** Refuses `not_found`. */
export async function openCase(deps: CaseDeps, request: CaseRequest): Promise<Result<Case>> {
  const opened = await findCase(deps, request)
  if (opened.ok)
    logEvent('case_opened', { kind: Object.keys(request).join('+'), user: opened.value.user?.uuid })
  return opened
}

function findCase(deps: CaseDeps, { payment, call, wallet, user }: CaseRequest) {
  if (payment !== undefined) return paymentCase(deps, payment)
  if (call !== undefined) return callCase(deps, call, user)
  return wallet === undefined ? userCase(deps, user ?? '') : walletCase(deps, wallet)
}

const inspect = (deps: CaseDeps, name: WalletName, query: Partial<InspectQuery> = {}) =>
  deps.wallets.ask(name, (wallet) => wallet.inspect({ under: [], ...query }))

const findUser = async ({ userStore }: CaseDeps, user: string): Promise<User | undefined> =>
  user.includes('@') ? userStore.byEmailKey(emailKeyOf(user)) : userStore.byUuid(user)

async function paymentCase(deps: CaseDeps, named: string): Promise<Result<Case>> {
  const { paymentStore } = deps
  const payment =
    (await paymentStore.byReference(ownReference(named))) ?? (await paymentStore.byUuid(named))
  if (!payment) return NOT_FOUND
  const { userUuid } = payment
  const wallets: WalletInspection[] = []
  for (const [type, under] of Object.entries(entriesOf(payment)))
    if (isWalletType(type))
      wallets.push(await inspect(deps, { userUuid, type }, { under: [under] }))
  return ok({
    user: await deps.userStore.byUuid(userUuid),
    payments: [await detailsOf(deps, payment)],
    wallets,
  })
}

/** Under which references a payment's entries stand, in which wallets. */
const entriesOf = ({ method, uuid, walletType }: Payment): Partial<Record<WalletType, string>> =>
  method === 'wallet'
    ? { primary: transferOutReference(uuid), [walletType]: transferInReference(uuid) }
    : { [walletType]: paymentPrefix(uuid) }

async function detailsOf(deps: CaseDeps, payment: Payment): Promise<PaymentCase> {
  const attempts: AskedAttempt[] = []
  for (let attempt = 1; attempt <= payment.attempt; attempt++)
    attempts.push(await askAbout(deps, attemptReference({ ...payment, attempt })))
  const references = [payment.reference, ...attempts.map(({ reference }) => reference)]
  return {
    payment,
    attempts,
    events: await deps.caseStore.eventsOf(references),
    exceptions: await deps.exceptionStore.about(references),
  }
}

async function askAbout({ gateway }: CaseDeps, reference: string): Promise<AskedAttempt> {
  const asked = await gateway.query(reference)
  if (!asked.ok) return { reference, transaction: undefined, finding: undefined }
  return { reference, transaction: asked.value, finding: judge(reference, asked.value) }
}

/** With its user named, a call is found that D1 has not been told of yet. */
async function callCase(deps: CaseDeps, call: string, user?: string): Promise<Result<Case>> {
  const caller = user === undefined ? undefined : await findUser(deps, user)
  const name = caller
    ? ({ userUuid: caller.uuid, type: 'call_credits' } as const)
    : await deps.caseStore.walletOfCall(call)
  if (!name) return NOT_FOUND
  const wallet = await inspect(deps, name, { under: [`call/${call}`], callUuid: call })
  if (!wallet.calls.some(({ uuid }) => uuid === call)) return NOT_FOUND
  return ok({ user: await deps.userStore.byUuid(name.userUuid), payments: [], wallets: [wallet] })
}

async function walletCase(deps: CaseDeps, uuid: string): Promise<Result<Case>> {
  const name = await deps.caseStore.walletName(uuid)
  if (!name) return NOT_FOUND
  const user = await deps.userStore.byUuid(name.userUuid)
  return ok({ user, payments: [], wallets: [await inspect(deps, name)] })
}

async function userCase(deps: CaseDeps, named: string): Promise<Result<Case>> {
  const user = await findUser(deps, named)
  if (!user) return NOT_FOUND
  const { uuid: userUuid } = user
  const payments: PaymentCase[] = []
  for (const payment of await deps.paymentStore.list(userUuid, { limit: NEWEST_PAYMENTS }))
    payments.push(await detailsOf(deps, payment))
  const wallets: WalletInspection[] = []
  for (const type of WALLET_TYPES) wallets.push(await inspect(deps, { userUuid, type }))
  return ok({ user, payments, wallets })
}
