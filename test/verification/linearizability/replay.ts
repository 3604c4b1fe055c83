/**
 * Assigns a wallet's changes to revisions, so that every response is correct at its own. The wallet's clock never
 * goes back, so only changes of the same millisecond can be exchanged. A call that the clock ends has its own
 * revision, at the next command. Pure.
 */
import { isPlaced, type Operation, type WalletHistory } from './history.ts'
import { inWords, isToldRightly } from './told.ts'
import type { WalletEvent } from './wallet-events.ts'
import { follow, type ModelState, NEW_WALLET } from './wallet-model.ts'

const MAX_STEPS = 1_000_000

interface Frame {
  readonly state: ModelState
  /** Number of calls that the clock has ended, in order. */
  readonly clocks: number
  /** Possible changes of the next revision that have not been tried. */
  readonly options: WalletEvent[][]
  /** Changes of this frame's revision. */
  readonly placed: readonly WalletEvent[]
}

class Replay {
  readonly #history: WalletHistory
  readonly #pending: readonly WalletEvent[]
  readonly #clocks: readonly WalletEvent[]
  readonly #told: ReadonlyMap<number, Operation[]>
  readonly #done = new Set<WalletEvent>()
  #first = 0
  /** Highest reached revision, and the fault there. */
  #furthest = 0
  #reason = 'no change fits'

  constructor(history: WalletHistory, events: readonly WalletEvent[]) {
    this.#history = history
    const byTime = events.toSorted((a, b) => a.atMs - b.atMs || a.from - b.from)
    this.#pending = byTime.filter(({ kind }) => kind !== 'clock')
    this.#clocks = byTime.filter(({ kind }) => kind === 'clock')
    this.#told = Map.groupBy(history.operations.filter(isPlaced), ({ position }) => position)
  }

  #fail(position: number, reason: string): undefined {
    if (position < this.#furthest) return undefined
    this.#furthest = position
    this.#reason = reason
    return undefined
  }

  /** Earliest remaining changes: one, or all of the same millisecond. */
  #earliest(): WalletEvent[] {
    while (this.#first > 0 && !this.#done.has(this.#pending[this.#first - 1] as WalletEvent))
      this.#first--
    while (this.#done.has(this.#pending[this.#first] as WalletEvent)) this.#first++
    const next = this.#pending[this.#first]
    const found: WalletEvent[] = []
    for (let index = this.#first; this.#pending[index]?.atMs === next?.atMs; index++) {
      const event = this.#pending[index]
      if (!event) break
      if (!this.#done.has(event)) found.push(event)
    }
    return found
  }

  /** Calls that the clock ends before any other change: together, or one after the other. */
  #due(state: ModelState, clocks: number, beforeMs: number): WalletEvent[][] {
    const due: WalletEvent[] = []
    for (const event of this.#clocks.slice(clocks, clocks + this.#history.limits.maxOpenCalls)) {
      if (event.atMs > beforeMs || !state.open.has(event.call?.uuid ?? '')) break
      due.push(event)
    }
    return due.map((_, count) => due.slice(0, count + 1))
  }

  #optionsAt(position: number, state: ModelState, clocks: number): WalletEvent[][] {
    const earliest = this.#earliest()
    const due = this.#due(state, clocks, earliest[0]?.atMs ?? Infinity)
    if (due.length > 0) return due
    const fitting = earliest.filter(({ from, to }) => from <= position && position <= to)
    if (fitting.length === 0) {
      const [next] = earliest
      this.#fail(
        position,
        next
          ? `${next.name} comes next by the wallet's clock, and belongs between ${next.from} and ${next.to}`
          : 'it changed the wallet, and nothing is known that did',
      )
    }
    return fitting.map((event) => [event])
  }

  /** State after the changes of a revision, if every response at that revision is correct. */
  #stateAfter(position: number, before: ModelState, events: readonly WalletEvent[]) {
    let state = before
    for (const event of events) {
      const next = follow(state, event, this.#history.limits)
      if (typeof next === 'string') return this.#fail(position, `${event.name}: ${next}`)
      state = next
    }
    const { books, type, limits } = this.#history
    const { entries } = books.wallets[type]
    const wrong = this.#told
      .get(position)
      ?.find((operation) => !isToldRightly({ state, limits, books, entries }, operation))
    if (wrong) return this.#fail(position, `${inWords(wrong)} is not what the wallet had to say`)
    return state
  }

  #frame(
    position: number,
    state: ModelState,
    clocks: number,
    placed: readonly WalletEvent[],
  ): Frame {
    for (const event of placed) this.#done.add(event)
    const options =
      position < this.#history.books.wallets[this.#history.type].position
        ? this.#optionsAt(position + 1, state, clocks)
        : []
    return { state, clocks, placed, options }
  }

  /** @returns why there is no valid order, or `undefined` if there is one */
  run(): string | undefined {
    const { position: last } = this.#history.books.wallets[this.#history.type]
    const newest = this.#stateAfter(1, NEW_WALLET, [])
    const frames: Frame[] = newest ? [this.#frame(1, newest, 0, [])] : []
    for (let steps = 0; frames.length > 0; steps++) {
      const frame = frames.at(-1) as Frame
      if (frames.length === last && this.#done.size === this.#pending.length + this.#clocks.length)
        return undefined
      if (frames.length === last) this.#fail(last, `it is the last, and ${this.#left()} is left`)
      if (steps > MAX_STEPS) return `no order was found in ${MAX_STEPS} steps`
      const option = frame.options.shift()
      if (!option) {
        for (const event of frame.placed) this.#done.delete(event)
        frames.pop()
        continue
      }
      const position = frames.length + 1
      const state = this.#stateAfter(position, frame.state, option)
      const ended = option.filter(({ kind }) => kind === 'clock').length
      if (state) frames.push(this.#frame(position, state, frame.clocks + ended, option))
    }
    return `position ${this.#furthest}: ${this.#reason}`
  }

  #left(): string {
    const left = [...this.#pending, ...this.#clocks].filter((event) => !this.#done.has(event))
    return left.map(({ name }) => name).join(', ')
  }
}

/** @returns why no order of the changes explains the responses, or `undefined` if one does */
export const replay = (
  history: WalletHistory,
  events: readonly WalletEvent[],
): string | undefined => new Replay(history, events).run()
