/**
 * The auditor's own wallet, in plain integers and lists. A command is calculated on a draft, which becomes the
 * wallet's state once the command is known to be committed.
 */
import { claimsAt, costOf, endsPayingDebt, endsUntil, type OpenCall, type Price } from './meter'

export interface ModelCall extends OpenCall {
  readonly seq: number
  readonly status: string
  readonly createdAtMs: number
  readonly endedAtMs: number | null
  readonly endReason: string | null
  readonly chargeKobo: number | null
  readonly roomSinceMs: number | null
  readonly invitedAtMs: number | null
  readonly acceptanceUuid: string | null
}

export interface ModelEntry {
  readonly seq: number
  readonly kind: string
  readonly amountKobo: number
  readonly balanceKobo: number
  readonly reference: string
  readonly sourceUuid: string
  readonly postedAtMs: number
}

export interface ModelKey {
  readonly key: string
  readonly fingerprint: string
  readonly usedAtMs: number
  readonly callUuid: string
  /** Response that was predicted when the key was used. */
  readonly answer: object
}

export interface ModelReversal {
  readonly paymentUuid: string
  readonly reversedKobo: number
}

/** Money of one gateway reference that went back. A debt counts: the gateway has that money. */
export interface Returned {
  readonly paymentUuid: string
  /** By reversals. */
  readonly reversedKobo: number
  /** By refunds that the gateway reported. */
  readonly gatewayKobo: number
  readonly owedKobo: number
  /** By refunds that the service ordered: each one's amounts in the account `refund`, and with the payer. */
  readonly refunds: ReadonlyMap<string, ModelRefund>
}

export interface ModelRefund {
  readonly amountKobo: number
  readonly heldKobo: number
  readonly paidKobo: number
  readonly steps: number
}

export const NOTHING_RETURNED = {
  reversedKobo: 0,
  gatewayKobo: 0,
  owedKobo: 0,
  refunds: new Map<string, ModelRefund>(),
}

/** Amounts credited for a payment and for one of its references. */
export interface Credit {
  readonly paymentUuid: string
  readonly kobo: number
}

export interface WalletModel {
  readonly userUuid: string
  readonly type: string
  exists: boolean
  createdAtMs: number
  clockMs: number
  /** Time up to which calls are settled. */
  settledMs: number
  postedKobo: number
  change: number
  open: readonly ModelCall[]
  entries: ModelEntry[]
  calls: ModelCall[]
  readonly callByUuid: Map<string, ModelCall>
  keys: readonly ModelKey[]
  readonly credits: Map<string, Credit>
  readonly reversals: Map<string, ModelReversal>
  readonly returned: Map<string, Returned>
  readonly sent: Map<string, { amountKobo: number; to: string; goodwillKobo: number }>
  readonly adjusted: Map<string, number>
  /** Signed amounts of corrections. */
  readonly corrected: Map<string, number>
  /** Requests to the other wallet to pay a debt, by UUID. */
  readonly collections: Map<string, number>
  /** Those of the present debt. */
  readonly presentCollections: Set<string>
  /** Number of requests that the wallet's rows show as open, when a waiver is predicted. */
  openCollections: number
  goodwillKobo: number
  debtKobo: number
  debtSourceUuid: string | null
  frozenAtMs: number | null
  erasedAtMs: number | null
  readonly accepted: Map<string, number>
  minVersion: number
  endedSessions: Map<string, number>
  /** Whether the user's stream receives its events. */
  isStreamed: boolean
}

/** Event that a change must have. */
export interface ModelEvent {
  readonly revision: number
  readonly type: string
  readonly callUuid: string | null
  readonly atMs: number
  /** Charge of a call that ended, or balance after it; null for other events. */
  readonly amountKobo: number | null
}

const LOW_KOBO = 5000

export const newWalletModel = (userUuid: string, type: string): WalletModel => ({
  userUuid,
  type,
  exists: false,
  createdAtMs: 0,
  clockMs: 0,
  settledMs: 0,
  postedKobo: 0,
  change: 0,
  open: [],
  entries: [],
  calls: [],
  callByUuid: new Map(),
  keys: [],
  credits: new Map(),
  reversals: new Map(),
  returned: new Map(),
  sent: new Map(),
  adjusted: new Map(),
  corrected: new Map(),
  collections: new Map(),
  presentCollections: new Set(),
  openCollections: 0,
  goodwillKobo: 0,
  debtKobo: 0,
  debtSourceUuid: null,
  frozenAtMs: null,
  erasedAtMs: null,
  accepted: new Map(),
  minVersion: 0,
  endedSessions: new Map(),
  isStreamed: false,
})

/** Expected response: a refusal's code, or values that the response must have. */
export type Expected =
  | { readonly code: string }
  | { readonly value: unknown; readonly replayed?: boolean }

export const NOT_FOUND: Expected = { code: 'not_found' }

/** Wallet during a transaction. */
export class Draft {
  readonly wallet: WalletModel
  readonly nowMs: number
  postedKobo: number
  open: readonly ModelCall[]
  change: number
  readonly entries: ModelEntry[] = []
  readonly calls: ModelCall[] = []
  readonly notes: (() => void)[] = []
  readonly events: ModelEvent[] = []
  goodwillKobo: number
  debtKobo: number
  debtSourceUuid: string | null
  frozenAtMs: number | null
  erasedAtMs: number | null
  readonly #isNew: boolean
  #wroteInStep = false
  #wasFrozenAtMs: number | null

  constructor(wallet: WalletModel, wallClockMs: number) {
    this.wallet = wallet
    this.#isNew = !wallet.exists
    this.nowMs = Math.max(wallClockMs, wallet.clockMs)
    this.postedKobo = wallet.postedKobo
    this.open = wallet.open
    this.goodwillKobo = wallet.goodwillKobo
    this.debtKobo = wallet.debtKobo
    this.debtSourceUuid = wallet.debtSourceUuid
    this.frozenAtMs = wallet.frozenAtMs
    this.#wasFrozenAtMs = wallet.frozenAtMs
    this.erasedAtMs = wallet.erasedAtMs
    this.change = wallet.exists ? wallet.change : 1
    this.#settle()
  }

  /** Whether nothing is written. */
  get isEmpty(): boolean {
    return !this.#isNew && this.change === this.wallet.change
  }

  get availableKobo(): number {
    return this.postedKobo - this.heldKobo
  }

  get heldKobo(): number {
    return claimsAt(this.open, this.nowMs)
  }

  call(uuid: string): ModelCall | undefined {
    return this.calls.findLast((call) => call.uuid === uuid) ?? this.wallet.callByUuid.get(uuid)
  }

  /** Settles due calls: the first step of a transaction. */
  #settle(): void {
    const { wallet, nowMs } = this
    if (this.open.length > 0) {
      const fromMs = Math.min(wallet.settledMs, nowMs)
      if (this.debtKobo > 0) this.#settleWithDebt(fromMs)
      else
        for (const end of endsUntil(this.postedKobo, this.open, fromMs, nowMs))
          this.close(end.uuid, end.reason, end.endedAtMs, end.chargeKobo)
    }
    this.step()
  }

  #settleWithDebt(fromMs: number): void {
    const { postedKobo, debtKobo, open, nowMs } = this
    for (const end of endsPayingDebt(postedKobo, debtKobo, open, fromMs, nowMs)) {
      this.close(end.uuid, end.reason, end.endedAtMs, end.chargeKobo)
      this.payDebt(end.dueMs)
    }
  }

  /** Pays the debt with what is available. */
  payDebt(atMs: number): void {
    const paidKobo = Math.min(this.debtKobo, this.postedKobo - claimsAt(this.open, atMs))
    if (paidKobo <= 0) return
    const seq = this.wallet.entries.length + this.entries.length + 1
    this.post('debt_payment', -paidKobo, `debt_payment/${seq}`, this.debtSourceUuid ?? '', atMs)
    this.reduceDebt(paidKobo)
  }

  /** Without a debt, no request to pay it is open. */
  reduceDebt(byKobo: number): void {
    const { presentCollections } = this.wallet
    this.debtKobo -= byKobo
    if (this.debtKobo === 0) this.notes.push(() => presentCollections.clear())
  }

  /** Posts an entry that does not touch the wallet's own account. */
  postBeside(kind: string, amountKobo: number, reference: string, sourceUuid: string): void {
    if (amountKobo === 0) return
    this.post(kind, 0, reference, sourceUuid, this.nowMs, amountKobo)
  }

  /** Ends a step: its rows have the next revision. */
  step(): void {
    if (this.frozenAtMs !== this.#wasFrozenAtMs)
      this.#emit(this.frozenAtMs === null ? 'wallet.unfrozen' : 'wallet.frozen', null, this.nowMs)
    this.#wasFrozenAtMs = this.frozenAtMs
    if (this.#wroteInStep) this.change += 1
    this.#wroteInStep = false
  }

  #emit(type: string, callUuid: string | null, atMs: number, amountKobo: number | null = null) {
    this.events.push({ revision: this.change + 1, type, callUuid, atMs, amountKobo })
  }

  #emitCall(call: ModelCall): void {
    const earlier = this.call(call.uuid)
    const emit = (type: string, atMs: number, amountKobo?: number) =>
      this.#emit(type, call.uuid, atMs, amountKobo)
    if (!earlier) emit('call.initiated', call.createdAtMs)
    else if (call.chargeKobo !== null) emit('call.ended', call.endedAtMs ?? NaN, call.chargeKobo)
    else if (earlier.status !== call.status && call.status === 'ringing')
      emit('call.ringing', this.nowMs)
    else if (earlier.startedAtMs === null && call.startedAtMs !== null)
      emit('call.answered', call.startedAtMs)
  }

  /** Records a row that is neither an entry nor a call. */
  note(record: () => void): void {
    this.#wroteInStep = true
    this.notes.push(record)
  }

  put(call: ModelCall): void {
    this.#wroteInStep = true
    this.#emitCall(call)
    this.calls.push(call)
    const others = this.open.filter(({ uuid }) => uuid !== call.uuid)
    const isOpen = call.chargeKobo === null
    this.open = isOpen ? [...others, call].toSorted((a, b) => a.seq - b.seq) : others
  }

  close(
    uuid: string,
    reason: string,
    endedAtMs: number,
    chargeKobo: number,
    postedAtMs = endedAtMs,
  ): void {
    const call = this.call(uuid)
    if (!call) throw new Error('the auditor lost a call')
    const unanswered = reason === 'failed' ? 'failed' : 'cancelled'
    const status = call.startedAtMs === null ? unanswered : 'completed'
    this.put({ ...call, status, endReason: reason, endedAtMs, chargeKobo })
    if (chargeKobo > 0) this.post('call_charge', -chargeKobo, `call/${uuid}`, uuid, postedAtMs)
    const isLow = this.postedKobo < LOW_KOBO && this.postedKobo + chargeKobo >= LOW_KOBO
    if (isLow && this.wallet.type === 'call_credits')
      this.#emit('credit.low', uuid, postedAtMs, this.postedKobo)
    if (reason === 'credit_exhausted')
      this.#emit('credit.exhausted', uuid, endedAtMs, this.postedKobo)
  }

  post(
    kind: string,
    koboChange: number,
    reference: string,
    sourceUuid: string,
    atMs: number,
    amountKobo = Math.abs(koboChange),
  ): void {
    this.#wroteInStep = true
    this.postedKobo += koboChange
    if (kind === 'goodwill' || kind === 'goodwill_in' || kind === 'correction_in')
      this.goodwillKobo += koboChange
    else if (kind === 'call_charge' || kind === 'goodwill_out')
      this.goodwillKobo = Math.max(0, this.goodwillKobo + koboChange)
    else if (koboChange < 0) this.goodwillKobo = Math.min(this.goodwillKobo, this.postedKobo)
    this.entries.push({
      seq: this.wallet.entries.length + this.entries.length + 1,
      kind,
      amountKobo,
      balanceKobo: this.postedKobo,
      reference,
      sourceUuid,
      postedAtMs: atMs,
    })
  }

  commit(): void {
    const { wallet } = this
    if (this.#isNew) Object.assign(wallet, { exists: true, createdAtMs: this.nowMs })
    if (this.#isNew || this.change !== wallet.change) wallet.clockMs = this.nowMs
    wallet.settledMs = this.nowMs
    wallet.change = this.change
    wallet.postedKobo = this.postedKobo
    wallet.open = this.open
    wallet.goodwillKobo = this.goodwillKobo
    wallet.debtKobo = this.debtKobo
    wallet.debtSourceUuid = this.debtSourceUuid
    wallet.frozenAtMs = this.frozenAtMs
    wallet.erasedAtMs = this.erasedAtMs
    wallet.entries.push(...this.entries)
    for (const call of this.calls) {
      wallet.callByUuid.set(call.uuid, call)
      wallet.calls[call.seq - 1] = call
    }
    for (const note of this.notes) note()
  }
}

export const holdOf = (rate: Price): number => costOf(rate, 60)

/** Keys without those of the oldest hundred that were used before `beforeMs`. */
export const keysWithout = (keys: readonly ModelKey[], beforeMs: number): ModelKey[] =>
  keys.filter(({ usedAtMs }, index) => index >= 100 || usedAtMs >= beforeMs)
