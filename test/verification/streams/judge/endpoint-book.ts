/** The judge's books of one endpoint: what it must receive, in which order, and what it must not receive. */
import { hold } from '../../simulation/auditor/violation'
import { AttemptLimits } from './attempt-limits'
import type { KnownSecret } from './signature'
import type { KnownEvent, StreamBook } from './stream-book'

export type Types = readonly string[] | null

/** Disturbances: losses of the object and refused writes, which may make it forget a response. */
export interface Moment {
  readonly nowMs: number
  readonly disturbances: number
}

/** A delivery that has begun. */
export interface Attempt extends Moment {
  readonly endpoint: EndpointBook
  /** Undefined for a test. */
  readonly sequence: number | undefined
  /** Undefined if it began while a command was in progress. */
  readonly epoch: number | undefined
  readonly addressEpoch: number | undefined
}

/** Number ranges that the owner wants again. */
interface Range {
  readonly from: number
  readonly to: number
}

/** After a rotation, both secrets sign for this long. */
const BOTH_SIGN_MS = 24 * 3_600_000

/** After these failures, an event of a replay is left out. */
const MOST_REPLAY_FAILURES = 10

/** Limit after which the service must consider a request failed. */
export const TIME_LIMIT_MS = 15_000

export class EndpointBook {
  readonly stream: StreamBook
  readonly number: number
  readonly limits: AttemptLimits
  types: Types
  includesPhone: boolean
  secrets: KnownSecret[] = []
  unknownUntilMs = -Infinity
  /** A command is in progress, so either state is right. */
  isUncertain = true
  isRemoved = false
  /** Its key was revoked. The service removes it after some time. */
  hasEnded = false
  /** No delivery begins later than this while it is paused or removed. */
  #blockedSinceMs = Infinity
  #gone: Moment | undefined
  /** It may be disabled because of a response 410, until the owner enables it. */
  mayBeGone = false
  /** All required events up to here are acknowledged. */
  #pointer = 0
  /** The owner moved the cursor: later responses to earlier attempts move nothing. */
  #epoch = 0
  #addressEpoch = 0
  #lastAcknowledged: (Moment & { readonly sequence: number }) | undefined
  /** The response began, but its body did not end: delivered or not. */
  readonly #halves = new Set<number>()
  readonly #earlierTypes: { readonly upTo: number; readonly types: Types }[] = []
  readonly #replays: Range[] = []
  /** Numbers that must be received again, with the failures of each. */
  readonly #replayPending = new Map<number, number>()
  /** Numbers in the order of their first receipts. */
  readonly acknowledged = new Set<number>()
  readonly tests = new Map<string, unknown>()

  constructor(stream: StreamBook, number: number, types: Types, includesPhone: boolean) {
    this.stream = stream
    this.number = number
    this.types = types
    this.includesPhone = includesPhone
    this.limits = new AttemptLimits(this.name)
  }

  get name(): string {
    return `endpoint ${this.number} of ${this.stream.name}`
  }

  /** The owner moved the cursor. */
  moveTo(sequence: number): void {
    this.#pointer = sequence
    this.#epoch += 1
    this.#halves.clear()
    this.#lastAcknowledged = undefined
    this.giveUpReplays()
  }

  /** Responses of the former address do not count. */
  changeAddress(): void {
    this.#epoch += 1
    this.#addressEpoch += 1
    this.limits.restarted()
  }

  changeTypes(types: Types): void {
    this.#earlierTypes.push({ upTo: this.stream.last, types: this.types })
    this.types = types
    for (const sequence of this.#replayPending.keys())
      if (!this.#isWanted(sequence)) this.#replayPending.delete(sequence)
  }

  /** Paused or removed. */
  block(nowMs: number): void {
    this.#blockedSinceMs = nowMs
  }

  /** The owner enabled it. */
  unblock(): void {
    this.#blockedSinceMs = Infinity
    this.#gone = undefined
    this.mayBeGone = false
    this.limits.mayBeDisabled = false
    this.limits.restarted()
  }

  get isBlocked(): boolean {
    return this.#blockedSinceMs !== Infinity
  }

  /** @param hasLostSecrets responses to earlier tries were lost */
  rotate(secret: string, nowMs: number, hasLostSecrets: boolean): void {
    const untilMs = nowMs + BOTH_SIGN_MS
    const [previous] = this.secrets.slice(-1)
    for (const known of this.secrets)
      known.untilMs = known === previous ? untilMs : Math.min(known.untilMs, nowMs)
    if (hasLostSecrets) {
      this.unknownUntilMs = untilMs
      /** It may sign, but a rotation without a response may have replaced it. */
      if (previous) previous.fromMs = Infinity
    }
    this.secrets.push({ secret, fromMs: nowMs, untilMs: Infinity })
  }

  replay(range: Range): void {
    this.#replays.push(range)
    for (let sequence = range.from; sequence <= Math.min(range.to, this.stream.last); sequence++)
      if (this.#isWanted(sequence)) this.#replayPending.set(sequence, 0)
    this.limits.ownerActed()
  }

  #isWanted(sequence: number): boolean {
    const known = this.stream.known[sequence - 1]
    return known !== undefined && this.#matches(this.types, known)
  }

  #matches(types: Types, { event }: KnownEvent): boolean {
    return types === null || types.includes(event.type)
  }

  #isRequired(known: KnownEvent, nowMs: number): boolean {
    return (
      this.#matches(this.types, known) &&
      !this.stream.isExpired(known, nowMs) &&
      this.#earlierTypes.every(
        ({ upTo, types }) => known.sequence > upTo || this.#matches(types, known),
      )
    )
  }

  /** The first event before a number that is required and not acknowledged. */
  #dueBefore(sequence: number, nowMs: number): number | undefined {
    const { known } = this.stream
    for (let index = this.#pointer; index < Math.min(known.length, sequence - 1); index++) {
      const event = known[index]
      if (event && !this.#halves.has(event.sequence) && this.#isRequired(event, nowMs))
        return event.sequence
    }
    return undefined
  }

  begin(sequence: number | undefined, moment: Moment): Attempt {
    const epoch = this.isUncertain ? undefined : this.#epoch
    const addressEpoch = this.isUncertain ? undefined : this.#addressEpoch
    const attempt = { ...moment, endpoint: this, sequence, epoch, addressEpoch }
    if (this.isUncertain) return attempt
    this.#checkPermitted(sequence, moment)
    if (sequence === undefined) return attempt
    this.limits.begin(moment)
    if (!this.#isReplay(sequence)) this.#checkOrder(sequence, moment)
    return attempt
  }

  #isReplay(sequence: number): boolean {
    return this.#replays.some(({ from, to }) => from <= sequence && sequence <= to)
  }

  #checkPermitted(sequence: number | undefined, { nowMs, disturbances }: Moment): void {
    const isTest = sequence === undefined
    const isLate = nowMs > this.#blockedSinceMs && (!isTest || this.isRemoved)
    hold(!isLate, () => `${this.name}: a delivery while it is paused or removed`)
    if (isTest || !this.#gone) return
    const hasLearnt = this.#gone.disturbances === disturbances && nowMs > this.#gone.nowMs
    hold(!hasLearnt, () => `${this.name}: a delivery after the response 410`)
  }

  #checkOrder(sequence: number, { nowMs, disturbances }: Moment): void {
    const { name } = this
    hold(this.#isWanted(sequence), () => `${name}: ${sequence} has a type that it did not ask for`)
    const due = this.#dueBefore(sequence, nowMs)
    hold(due === undefined, () => `${name}: ${sequence} is delivered before ${due}`)
    if (sequence > this.#pointer || this.#halves.has(sequence)) return
    const last = this.#lastAcknowledged
    const isForgotten = last?.sequence === sequence && disturbances > last.disturbances
    hold(isForgotten, () => `${name}: ${sequence} is delivered again without a reason`)
  }

  /** The receiver responded 2xx within the time limit. */
  acknowledge({ sequence, epoch, addressEpoch }: Attempt, moment: Moment, isWhole: boolean): void {
    if (sequence === undefined) return
    this.limits.succeeded()
    this.acknowledged.add(sequence)
    this.#replayPending.delete(sequence)
    if (addressEpoch !== undefined && addressEpoch !== this.#addressEpoch) return
    /** The owner may have moved the cursor to where it was. */
    const isOfFormerCursor = epoch !== undefined && epoch !== this.#epoch
    if (!isWhole || isOfFormerCursor) {
      this.#halves.add(sequence)
      return
    }
    const due = this.#dueBefore(sequence, moment.nowMs)
    /** An event that nobody requires, such as one of former types, may be delivered too. */
    const isNext = sequence > this.#pointer && due === undefined
    if (isNext) this.#pointer = sequence
    if (sequence !== this.#pointer) return
    const disturbances = epoch === undefined ? -1 : moment.disturbances
    this.#lastAcknowledged = { ...moment, disturbances, sequence }
  }

  /** Tests, and responses to what was sent before the owner moved the endpoint, change nothing. */
  #isCurrent({ sequence, epoch }: Attempt): boolean {
    return sequence !== undefined && epoch === this.#epoch
  }

  fail(attempt: Attempt, nowMs: number): void {
    const { sequence } = attempt
    if (sequence === undefined) return
    this.limits.failed(attempt, nowMs, this.#isCurrent(attempt))
    if (this.limits.mayBeDisabled) this.giveUpReplays()
    const failures = this.#replayPending.get(sequence)
    if (failures === undefined) return
    if (failures + 1 >= MOST_REPLAY_FAILURES) this.#replayPending.delete(sequence)
    else this.#replayPending.set(sequence, failures + 1)
  }

  /** @param seconds as in the header `Retry-After` of the response */
  retryAfter(attempt: Attempt, seconds: number, nowMs: number): void {
    if (this.#isCurrent(attempt)) this.limits.retryAfter(seconds, attempt, nowMs)
  }

  /** The receiver responded 410. */
  gone(attempt: Attempt, moment: Moment): void {
    if (attempt.sequence !== undefined) this.mayBeGone = true
    if (!this.#isCurrent(attempt)) return
    this.#gone = moment
    this.giveUpReplays()
  }

  /** At rest, an enabled endpoint has received everything that it must. */
  checkComplete(nowMs: number): void {
    const { name } = this
    const due = this.#dueBefore(Infinity, nowMs)
    hold(due === undefined, () => `${name}: ${due} is never delivered`)
    for (const sequence of this.#replayPending.keys()) {
      const known = this.stream.known[sequence - 1]
      const isExcused = !known || this.stream.isExpired(known, nowMs)
      hold(isExcused, () => `${name}: ${sequence} is never delivered again`)
    }
  }

  /** Disabled, removed or moved: what the owner wanted again is given up, but may be on its way. */
  giveUpReplays(): void {
    this.#replayPending.clear()
  }
}
