/**
 * Clients that act for the same users at once, and record requests and responses. Some abort requests so early
 * that the result is unknown.
 */
import { setTimeout as wait } from 'node:timers/promises'
import { asks, type User } from '../books/books.ts'
import type { Operation, OperationKind, Shown } from './history.ts'
import type { Random } from '../support/random.ts'
import { readCall, readEntry, readPayment, readWallet, type WalletType } from '../books/records.ts'
import { LISTED } from './told.ts'
import { type Answer, type Ask, bodyOf, codeOf, listOf } from '../books/wire.ts'

const PHONE = '+2348031234567'
const PATIENCE_MS = 20_000
const TYPES: readonly [WalletType, WalletType] = ['call_credits', 'primary']

/** An operation before it is sent. */
export interface Plan {
  readonly kind: OperationKind
  readonly user: User
  readonly wallet: WalletType
  readonly about: string
  readonly request: Ask
  readonly reason?: string
}

function shownBy(kind: OperationKind, answer: Answer): Shown {
  switch (kind) {
    case 'wallet':
      return { wallet: readWallet(bodyOf(answer)) }
    case 'calls':
      return { calls: listOf(answer).map(readCall) }
    case 'ledger':
      return { entries: listOf(answer).map(readEntry) }
    case 'pay':
    case 'verify':
    case 'transfer':
      return { payment: readPayment(bodyOf(answer)) }
    default:
      return { call: readCall(bodyOf(answer)) }
  }
}

const start = (user: User, tag: string): Plan => ({
  kind: 'start',
  user,
  wallet: 'call_credits',
  about: tag,
  request: {
    method: 'POST',
    path: '/calls',
    key: tag,
    body: { recipient_phone: PHONE, recipient_name: tag },
  },
})

export const end = (user: User, uuid: string, reason: string): Plan => ({
  kind: 'end',
  user,
  wallet: 'call_credits',
  about: uuid,
  reason,
  request: { method: 'PATCH', path: `/calls/${uuid}/end?reason=${reason}` },
})

const answer = (user: User, uuid: string): Plan => ({
  kind: 'answer',
  user,
  wallet: 'call_credits',
  about: uuid,
  request: { method: 'PATCH', path: `/calls/${uuid}/answer` },
})

export const pay = (user: User, tag: string, wallet: WalletType, amountKobo: number): Plan => ({
  kind: 'pay',
  user,
  wallet,
  about: tag,
  request: {
    method: 'POST',
    path: '/payments',
    key: tag,
    body: { amount: amountKobo / 100, method: 'monnify', wallet, description: tag },
  },
})

export const verify = (user: User, uuid: string, reference: string): Plan => ({
  kind: 'verify',
  user,
  wallet: 'call_credits',
  about: uuid,
  request: { method: 'POST', path: `/payments/verify/${reference}` },
})

const transfer = (user: User, tag: string, amountKobo: number): Plan => ({
  kind: 'transfer',
  user,
  wallet: 'primary',
  about: tag,
  request: {
    method: 'POST',
    path: '/payments',
    key: tag,
    body: { amount: amountKobo / 100, method: 'wallet', description: tag },
  },
})

const read = (kind: OperationKind, user: User, wallet: WalletType, path: string): Plan => ({
  kind,
  user,
  wallet,
  about: wallet,
  request: { method: 'GET', path },
})

export class HistoryLoad {
  readonly operations: Operation[] = []
  /** Forbidden responses. */
  readonly findings: string[] = []
  readonly users: readonly [User, ...User[]]
  readonly #url: string
  readonly #random: Random
  readonly #open = new Map<User, string[]>()
  #tags = 0

  constructor(url: string, users: readonly [User, ...User[]], random: Random) {
    this.#url = url
    this.users = users
    this.#random = random
  }

  newTag = (kind: string): string => `${kind}-${++this.#tags}`

  /** Sends a request, and records times and result. */
  async run(client: number, plan: Plan, timeoutMs = PATIENCE_MS): Promise<Operation> {
    const { kind, user, wallet, about, reason, request } = plan
    const invokedAtMs = performance.now()
    const answer = await asks(this.#url, user, { ...request, timeoutMs })
    const asked = {
      id: this.operations.length,
      client,
      user: user.name,
      kind,
      wallet,
      about,
      ...(reason !== undefined && { reason }),
      invokedAtMs,
    }
    const operation: Operation = answer
      ? { ...asked, endedAtMs: performance.now(), ...this.#told(kind, answer) }
      : { ...asked, endedAtMs: Infinity, outcome: 'unknown' }
    this.operations.push(operation)
    return operation
  }

  #told(kind: OperationKind, answer: Answer) {
    const { status, position, replayed } = answer
    if (status >= 500 && codeOf(answer) !== 'gateway_unavailable')
      this.findings.push(`${kind} was answered ${status}`)
    const isOk = status < 300
    return {
      outcome: isOk ? 'ok' : status >= 500 ? 'unknown' : 'refused',
      status,
      ...(position !== undefined && { position }),
      ...(isOk ? { replayed, shown: shownBy(kind, answer) } : { code: codeOf(answer) }),
    } as const
  }

  #callOf(user: User): string | undefined {
    const open = this.#open.get(user) ?? []
    return open[this.#random.below(open.length)]
  }

  #plan(user: User): Plan {
    const random = this.#random
    const chance = random.below(100)
    const call = this.#callOf(user)
    const type = random.pick(TYPES)
    const wallet = `/wallets/${user.walletUuids[type]}`
    if (chance < 6) return pay(user, this.newTag('pay'), type, random.between(2000, 12_000))
    if (chance < 12) return transfer(user, this.newTag('transfer'), random.between(100, 8000))
    if (chance < 30 || !call) return start(user, this.newTag('start'))
    if (chance < 46) return answer(user, call)
    if (chance < 62) return end(user, call, random.pick(['hangup', 'hangup', 'declined', 'failed']))
    if (chance < 78) return read('wallet', user, type, wallet)
    if (chance < 84) return read('ledger', user, type, `${wallet}/transactions?limit=${LISTED}`)
    if (chance < 92) return read('calls', user, 'call_credits', `/calls?limit=${LISTED}`)
    return { ...read('call', user, 'call_credits', `/calls/${call}`), about: call }
  }

  async runClient(client: number, isOver: () => boolean): Promise<void> {
    while (!isOver()) {
      const user = this.users[this.#random.below(this.users.length)] ?? this.users[0]
      const plan = this.#plan(user)
      const isImpatient = this.#random.below(20) === 0
      const done = await this.run(
        client,
        plan,
        isImpatient ? this.#random.between(2, 40) : PATIENCE_MS,
      )
      await this.#goOn(client, plan, done)
    }
  }

  /** Continues after a response: verifies a payment twice at once, mostly retries an unknown start. */
  async #goOn(client: number, plan: Plan, { outcome, shown }: Operation): Promise<void> {
    const { user, kind } = plan
    if (kind === 'start' && outcome === 'unknown' && this.#random.below(4) > 0)
      await this.run(client, plan)
    if (kind === 'pay' && shown?.payment) {
      const asked = verify(user, shown.payment.uuid, shown.payment.reference)
      await Promise.all([this.run(client, asked), this.run(client, asked)])
    }
    if (!shown?.call) return
    const { uuid, endedAtMs } = shown.call
    const open = (this.#open.get(user) ?? []).filter((call) => call !== uuid || endedAtMs === null)
    if (kind === 'start') open.push(uuid)
    /** Keeps some ended calls, to be requested again. */
    this.#open.set(user, open.slice(-8))
  }

  /** Waits until aborted requests are over. */
  settle = (): Promise<void> => wait(2000)
}
