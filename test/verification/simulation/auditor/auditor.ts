/**
 * The money judge: keeps its own books of all wallets, predicts the result of each command, and compares the
 * response and the stored rows with it. It was written from the contract and imports nothing of the service.
 * After a fault it allows two outcomes, and determines from the storage which one occurred.
 */
import { type Prediction, predict } from './commands'
import type { EventJudge } from './event-judge'
import { claimsAt } from './meter'
import { ACCOUNTS, compareAll, compareFrom, nextDueMs, type Rows } from './stored-wallet'
import { findDifference, hold } from './violation'
import { type Expected, keysWithout, newWalletModel, type WalletModel } from './wallet-model'

/** An object, as the auditor sees it. */
export interface Seen {
  readonly name: string
  readonly rows: Rows
  readonly alarmAtMs: number | null
  readonly isAlarmLost: boolean
  /** The last alarm failed, so the next one may be later than what is due. */
  readonly isBackingOff: boolean
}

/** Statuses from the gateway, and the users' requests: the only reasons to move money from outside. */
export interface Grounds {
  hasConfirmed(reference: string, receivedKobo: number): boolean
  hasReversed(reference: string): boolean
  /** Whether the gateway has refunded so much by refunds that the service did not order. */
  hasRefunded(reference: string, refundedKobo: number): boolean
  /** Whether a refund that the service ordered reached the payer at some time. */
  hasPaidRefund(refundUuid: string): boolean
  /** The user's request for a payment. */
  order(paymentUuid: string): { userUuid: string; wallet: string; amountKobo: number } | undefined
}

/** Methods whose response is no result. Their effects on the rows are checked. */
const WITHOUT_RESULT = new Set(['open', 'markStreamed', 'revokeTokens', 'alarm', 'inspect'])

type Answer = { ok: boolean; value?: unknown; refusal?: { code: string } }

export class Auditor {
  readonly wallets = new Map<string, WalletModel>()
  readonly #grounds: Grounds | undefined
  readonly #events: EventJudge
  /** Sums of all accounts over all wallets, updated with every command. */
  #postedKobo = 0
  readonly #sums = new Map<string, number>()
  /** Number of responses by expectation. */
  readonly counted = { effects: 0, refusals: 0, unknown: 0 }

  /** @param grounds without them, requests are not checked */
  constructor(grounds: Grounds | undefined, events: EventJudge) {
    this.#grounds = grounds
    this.#events = events
  }

  wallet(name: string): WalletModel {
    let wallet = this.wallets.get(name)
    if (!wallet) {
      const [userUuid = '', type = ''] = name.split('/')
      this.wallets.set(name, (wallet = newWalletModel(userUuid, type)))
    }
    return wallet
  }

  /** Predicts a command's result. Money may come from outside only with a reason. */
  predict(name: string, method: string, args: readonly unknown[], nowMs: number): Prediction {
    if (this.#grounds) this.#checkGrounds(this.#grounds, name, method, args)
    return predict(this.wallet(name), method, args, nowMs)
  }

  #checkGrounds(
    grounds: Grounds,
    name: string,
    method: string,
    [receipt, outcome]: readonly unknown[],
  ): void {
    if (method === 'settleRefund' && outcome === 'completed') {
      const { refundUuid } = receipt as { refundUuid: string }
      hold(grounds.hasPaidRefund(refundUuid), () => 'a refund is completed that was not paid')
    }
    if (method === 'creditPayment' || method === 'reversePayment') {
      const {
        reference,
        paymentUuid,
        receivedKobo,
        expectedKobo,
        refundedKobo = 0,
      } = receipt as {
        reference: string
        paymentUuid: string
        receivedKobo: number
        expectedKobo: number
        refundedKobo?: number
      }
      hold(grounds.hasRefunded(reference, refundedKobo), () => 'takes a refund that was not made')
      const order = grounds.order(paymentUuid)
      const isTheirs = order !== undefined && `${order.userUuid}/${order.wallet}` === name
      hold(isTheirs, () => `${method} in a wallet that did not order it`)
      if (method === 'reversePayment')
        return hold(grounds.hasReversed(reference), () => `debits a payment that was not reversed`)
      hold(expectedKobo === order?.amountKobo, () => `expects ${expectedKobo} kobo`)
      hold(
        receivedKobo === 0 || grounds.hasConfirmed(reference, receivedKobo),
        () => `credits ${receivedKobo} kobo that the gateway did not confirm for ${reference}`,
      )
    }
    if (method === 'sendTransfer') {
      const { uuid, to, amountKobo } = receipt as { uuid: string; to: string; amountKobo: number }
      const order = grounds.order(uuid)
      const isTheirs = order?.wallet === to && name === `${order.userUuid}/primary`
      hold(isTheirs && order.amountKobo === amountKobo, () => 'a transfer that nobody ordered')
    }
    if (method === 'acceptTransfer') {
      const { uuid, amountKobo, goodwillKobo } = receipt as {
        uuid: string
        amountKobo: number
        goodwillKobo: number
      }
      const [userUuid] = name.split('/')
      const sender = name.endsWith('/primary') ? 'call_credits' : 'primary'
      const sent = this.wallet(`${userUuid}/${sender}`).sent.get(uuid)
      const isSent = sent?.amountKobo === amountKobo && sent.goodwillKobo === goodwillKobo
      hold(isSent, () => 'a transfer arrives that was not sent')
    }
  }

  /**
   * Checks the rows after a command's transaction.
   * @param isCertain whether the command surely took effect; otherwise the storage shows it
   * @param changesBefore number of rows written to the database before
   */
  afterTransaction(
    { name, rows }: Seen,
    { draft, expected, forgottenBeforeMs, writesBeside }: Prediction,
    isCertain: boolean,
    changesBefore: number,
  ): void {
    const wallet = this.wallet(name)
    this.#count(expected, isCertain)
    if (!draft) return
    const { isEmpty } = draft
    const [seqBefore, changeBefore] = [wallet.entries.length, wallet.change]
    const isDone = isCertain || storedChange(rows) === draft.change
    if (isDone) {
      const postedBefore = wallet.postedKobo
      draft.commit()
      this.#sum(wallet.postedKobo - postedBefore, draft)
      this.#events.committed(wallet, draft.events)
    }
    const haveGone = forgottenBeforeMs !== undefined && forget(wallet, rows, forgottenBeforeMs)
    if (!isCertain && !wallet.exists)
      return hold(storedChange(rows) === undefined, () => `${name}: half of a wallet is there`)
    if (!isCertain || !isEmpty || haveGone)
      return compareFrom(rows, wallet, changeBefore, seqBefore)
    hold(
      writesBeside || changesOf(rows) === changesBefore,
      () => `${name}: rows were written by a command that changes nothing`,
    )
  }

  #count(expected: Expected, isCertain: boolean): void {
    const kind = 'code' in expected ? 'refusals' : 'effects'
    this.counted[isCertain ? kind : 'unknown'] += 1
  }

  #sum(postedKobo: number, { entries, calls, wallet }: NonNullable<Prediction['draft']>): void {
    this.#postedKobo += postedKobo
    const add = (account: string, amountKobo: number) =>
      this.#sums.set(account, this.account(account) + amountKobo)
    for (const { chargeKobo } of calls) add('charges', chargeKobo ?? 0)
    for (const { kind, amountKobo } of entries) {
      const [from, to] = ACCOUNTS[kind] ?? ['', '']
      add(from, -amountKobo)
      add(to, amountKobo)
    }
    hold(this.account('wallet') === this.#postedKobo, () => 'debits are not credits')
    hold(this.account('revenue') === this.account('charges'), () => 'charges are not revenue')
    hold(this.account('refund') >= 0, () => 'more was refunded than was held')
    hold(
      wallet.debtKobo === 0 || wallet.postedKobo <= claimsAt(wallet.open, wallet.settledMs),
      () => 'money is left beside a debt',
    )
    hold(wallet.goodwillKobo <= wallet.postedKobo, () => 'goodwill exceeds the balance')
  }

  /** Sum of an account over all wallets. */
  account(name: string): number {
    return this.#sums.get(name) ?? 0
  }

  /** Checks the response of a command. */
  afterAnswer(seen: Seen, method: string, { expected }: Prediction, answered: unknown): void {
    const where = `${method} at ${seen.name}`
    if (WITHOUT_RESULT.has(method)) return
    const answer = (
      method === 'initiateCall' ? (answered as { result: Answer }).result : answered
    ) as Answer | undefined
    if ('code' in expected)
      return hold(
        answer?.ok === false && answer.refusal?.code === expected.code,
        () => `${where} answers ${JSON.stringify(answer)}, not ${expected.code}`,
      )
    hold(answer?.ok === true, () => `${where} is refused: ${JSON.stringify(answer)}`)
    const value =
      'replayed' in expected
        ? { answer: expected.value, replayed: expected.replayed }
        : expected.value
    const difference = findDifference(value, answer?.value)
    hold(!difference, () => `${where} answers otherwise: ${difference}`)
  }

  /** Checks after an undisturbed command that a wallet with something due has an alarm, in time. */
  checkAlarm({ name, rows, alarmAtMs, isAlarmLost, isBackingOff }: Seen): void {
    if (isAlarmLost) return
    const wallet = this.wallet(name)
    const [row] = rows('SELECT change > projected_change AS is_behind FROM wallet')
    if (wallet.open.length === 0 && !row?.['is_behind']) return
    hold(alarmAtMs !== null, () => `${name} has no alarm`)
    if (wallet.open.length === 0 || isBackingOff) return
    const dueMs = nextDueMs(wallet)
    hold((alarmAtMs ?? 0) <= dueMs, () => `${name} is woken at ${alarmAtMs}, due at ${dueMs}`)
  }

  /**
   * Reads which requests to pay the present debt are open. One whose money is in transit must be, because a waiver
   * would then become paid money.
   */
  readCollections({ name, rows }: Seen): void {
    const wallet = this.wallet(name)
    const { presentCollections, accepted, userUuid, type } = wallet
    const other = this.wallet(`${userUuid}/${type === 'primary' ? 'call_credits' : 'primary'}`)
    const open = new Set(
      rows("SELECT uuid FROM collections WHERE status = 'open'").map(({ uuid }) => uuid as string),
    )
    for (const uuid of presentCollections) {
      const isInTransit = other.sent.has(uuid) && !accepted.has(uuid)
      hold(!isInTransit || open.has(uuid), () => `${name}: ${uuid} is closed, but in transit`)
    }
    for (const uuid of open)
      hold(presentCollections.has(uuid), () => `${name}: ${uuid} is open without its debt`)
    wallet.openCollections = open.size
  }

  /** Reads the rows of a revocation: two statements, of which a fault may leave out the second. */
  readRefusals({ name, rows }: Seen): void {
    const wallet = this.wallet(name)
    const [version] = rows('SELECT minimum FROM token_version')
    const minimum = Number(version?.['minimum'] ?? 0)
    hold(minimum >= wallet.minVersion, () => `${name} takes old tokens again`)
    wallet.minVersion = minimum
    const sessions = rows('SELECT uuid, until_ms FROM ended_sessions')
    wallet.endedSessions = new Map(
      sessions.map((row) => [row['uuid'] as string, row['until_ms'] as number]),
    )
  }

  /** Reads whether a wallet's events reach its user's stream. Once they do, they always do. */
  readStreamed({ name, rows }: Seen): void {
    const wallet = this.wallet(name)
    const [row] = rows('SELECT streamed_since_ms FROM wallet')
    const isStreamed = typeof row?.['streamed_since_ms'] === 'number'
    hold(isStreamed || !wallet.isStreamed, () => `${name} forgets its user's stream`)
    wallet.isStreamed = isStreamed
  }

  /** Checks every row of every wallet, and recalculates the sums. */
  checkAll(seen: Iterable<Seen>): void {
    let postedKobo = 0
    for (const one of seen) {
      const wallet = this.wallet(one.name)
      compareAll(one.rows, wallet)
      postedKobo += wallet.postedKobo
    }
    hold(postedKobo === this.#postedKobo, () => 'the sum of the wallets is another')
  }

  get totals() {
    return {
      postedKobo: this.#postedKobo,
      transitKobo: this.account('transfer'),
      revenueKobo: this.account('revenue'),
      gatewayKobo: -this.account('gateway'),
      refundKobo: this.account('refund'),
      goodwillKobo: -this.account('goodwill'),
      debtKobo: -this.account('debt'),
      correctionsKobo: -this.account('corrections'),
    }
  }
}

export const changesOf = (rows: Rows): number =>
  Number(rows('SELECT total_changes() AS changes')[0]?.['changes'])

const storedChange = (rows: Rows): number | undefined =>
  rows('SELECT change FROM wallet')[0]?.['change'] as number | undefined

/** An alarm deletes all old keys that are due or, after a fault, none. */
function forget(wallet: WalletModel, rows: Rows, beforeMs: number): boolean {
  const kept = keysWithout(wallet.keys, beforeMs)
  if (kept.length === wallet.keys.length) return false
  const [row] = rows('SELECT COUNT(*) AS keys FROM idempotency_keys')
  if (row?.['keys'] !== kept.length) return false
  wallet.keys = kept
  return true
}
