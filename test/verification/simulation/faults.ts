/**
 * Faults of one operation. Most occur once, at a counted moment; those of an outage last as long as the
 * operation.
 */

/** Loss of an object or a connection. `retryable` is the platform's own flag. */
export class Lost extends Error {
  readonly retryable: boolean

  constructor(what: string, retryable: boolean) {
    super(what)
    this.name = 'Lost'
    this.retryable = retryable
  }
}

export type GatewayFault =
  | 'down'
  | 'failing'
  | 'garbled'
  | 'unauthorized'
  | 'answer_lost'
  | 'slow'
  | 'refuses'
  | 'says_pending'
  | 'says_unknown'
  | 'says_paid_still'
  | 'says_nothing_known'
  | 'other_currency'
  | 'other_reference'
  | 'amount_as_text'
  | 'strange_word'
  | 'strange_amount'

export type D1Fault = 'down' | 'fails' | 'answer_lost' | 'applied_late'

export interface FaultPlan {
  /** The object is aborted instead of its n-th storage call, counted over all objects from 1. */
  readonly abortAtStorageCall?: number
  /** The response of the n-th command to an object is lost after its commit. */
  readonly loseReplyOfCommand?: number
  /** The object is lost together with the response. */
  readonly evictWithReply?: boolean
  readonly retryable?: boolean
  readonly d1?: { readonly fault: D1Fault; readonly atCall: number }
  readonly gateway?: GatewayFault
  /** Object whose storage is full: it can read, but every write of rows fails. */
  readonly fullStorageOf?: string
}

export const NO_FAULTS: FaultPlan = {}

export const GATEWAY_FAULTS: readonly GatewayFault[] = [
  'down',
  'failing',
  'garbled',
  'unauthorized',
  'answer_lost',
  'slow',
  'refuses',
  'says_pending',
  'says_unknown',
  'says_paid_still',
  'says_paid_still',
  'says_nothing_known',
  'other_currency',
  'other_reference',
  'amount_as_text',
  'strange_word',
  'strange_amount',
]

export const D1_FAULTS: readonly D1Fault[] = ['down', 'fails', 'answer_lost', 'applied_late']

/** Counts the moments of an operation and determines when its fault is due. */
export class Faults {
  #plan: FaultPlan = NO_FAULTS
  #storageCalls = 0
  #commands = 0
  #d1Calls = 0
  /** Number of faults of each kind. */
  readonly injected = new Map<string, number>()
  /** Whether the plan's fault has occurred. */
  hasStruck = false

  begin(plan: FaultPlan): void {
    this.#plan = plan
    this.#storageCalls = 0
    this.#commands = 0
    this.#d1Calls = 0
    this.hasStruck = false
  }

  get storageCalls(): number {
    return this.#storageCalls
  }

  #strike(kind: string): true {
    this.hasStruck = true
    this.injected.set(kind, (this.injected.get(kind) ?? 0) + 1)
    return true
  }

  lost(what: string): Lost {
    return new Lost(what, this.#plan.retryable === true)
  }

  abortsStorageCall(): boolean {
    this.#storageCalls += 1
    return this.#storageCalls === this.#plan.abortAtStorageCall && this.#strike('object aborted')
  }

  refusesWrite(name: string): boolean {
    return this.#plan.fullStorageOf === name && this.#strike('storage full')
  }

  /** Whether D1 is unavailable during this operation. */
  get isD1Down(): boolean {
    return this.#plan.d1?.fault === 'down' && this.#plan.d1.atCall === 1
  }

  losesReply(): boolean {
    this.#commands += 1
    return this.#commands === this.#plan.loseReplyOfCommand && this.#strike('reply lost')
  }

  get evictsWithReply(): boolean {
    return this.#plan.evictWithReply === true
  }

  d1Fault(): D1Fault | undefined {
    const { d1 } = this.#plan
    this.#d1Calls += 1
    if (!d1) return undefined
    const isDue = d1.fault === 'down' ? this.#d1Calls >= d1.atCall : this.#d1Calls === d1.atCall
    if (isDue) this.#strike(`D1 ${d1.fault}`)
    return isDue ? d1.fault : undefined
  }

  gatewayFault(): GatewayFault | undefined {
    const { gateway } = this.#plan
    if (gateway) this.#strike(`gateway ${gateway}`)
    return gateway
  }
}
