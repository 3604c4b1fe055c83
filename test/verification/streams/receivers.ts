/** Receivers of deliveries: up, down, slow, and such that lie about what they have done. */
import { hold } from '../simulation/auditor/violation'
import type { Random } from '../support/random'
import type { VirtualClock } from './clock'
import type { Attempt, Moment } from './judge/endpoint-book'
import { TIME_LIMIT_MS } from './judge/endpoint-book'
import type { Judge } from './judge/judge'

export const MODES = [
  'up',
  'down',
  'slow',
  'late',
  'reset',
  /** Also receivers that have processed the event. */
  'fails',
  'redirects',
  'gone',
  'busy',
  'endless body',
  'hanging body',
  'flaky',
] as const
export type Mode = (typeof MODES)[number]

const FLAKY: readonly Mode[] = ['up', 'up', 'up', 'fails', 'down', 'reset', 'late']
const LATENCIES_MS = [3, 20, 20, 80, 300, 2000]
const RETRY_AFTER_SECONDS = [0, 1, 30, 600, 7200, 200_000]
/** A service that reads more than 1 kB has asked for this much at most, as streams read ahead. */
const MOST_READ_BYTES = 64 * 1024
const CHUNK_BYTES = 512

export interface ReceiversOptions {
  readonly clock: VirtualClock
  readonly judge: Judge
  readonly random: () => Random
  readonly momentOf: (stream: string) => Moment
  readonly report: (error: unknown) => void
  readonly count: (what: string) => void
}

export const addressOf = (number: number, version = 1): string =>
  `https://receiver-${number}.example.com/hooks?version=${version}`

const numberOf = (url: string): number => Number(/receiver-(\d+)\./.exec(url)?.[1])

interface Delivery {
  readonly request: Request
  readonly attempt: Attempt
  readonly isAlive: () => boolean
}

export class Receivers {
  readonly modes = new Map<number, Mode>()
  readonly #options: ReceiversOptions

  constructor(options: ReceiversOptions) {
    this.#options = options
  }

  /** Sends a request, as the service's port. The response of a dead instance never arrives. */
  async fetch(request: Request, stream: string, isAlive: () => boolean): Promise<Response> {
    const never = new Promise<never>(() => {})
    if (!isAlive()) return never
    const { judge, momentOf, report, count } = this.#options
    const moment = momentOf(stream)
    judge.read(stream)
    const number = numberOf(request.url)
    const received = {
      method: request.method,
      headers: Object.fromEntries(request.headers),
      body: await request.clone().text(),
      redirect: request.redirect,
    }
    let attempt: Attempt
    try {
      attempt = judge.begin(number, received, moment)
    } catch (error) {
      report(error)
      return never
    }
    const mode = this.modes.get(number) ?? 'up'
    count(`receiver ${mode}`)
    const response = await this.#respond(mode, { request, attempt, isAlive })
    return isAlive() ? response : never
  }

  /** Rejects when the service gives up, as `fetch` does. */
  #after(delayMs: number, { request }: Delivery): Promise<void> {
    const { signal } = request
    return new Promise((resolve, reject) => {
      const timer = this.#options.clock.after(delayMs, resolve)
      const giveUp = () => {
        timer.isCancelled = true
        reject(signal.reason as Error)
      }
      if (signal.aborted) return giveUp()
      signal.addEventListener('abort', giveUp, { once: true })
      return undefined
    })
  }

  async #respond(mode: Mode, delivery: Delivery): Promise<Response> {
    const { random } = this.#options
    if (mode === 'flaky') return this.#respond(random().pick(FLAKY), delivery)
    try {
      await this.#after(this.#delayOf(mode), delivery)
    } catch (error) {
      this.#failed(delivery)
      throw error
    }
    return this.#responseOf(mode, delivery)
  }

  #delayOf(mode: Mode): number {
    const { random } = this.#options
    if (mode === 'slow') return Infinity
    if (mode === 'late') return TIME_LIMIT_MS + random().between(500, 30_000)
    return random().pick(LATENCIES_MS)
  }

  #failed({ attempt, isAlive }: Delivery): void {
    if (isAlive()) attempt.endpoint.fail(attempt, this.#options.clock.nowMs)
  }

  #responseOf(mode: Mode, delivery: Delivery): Response {
    const { judge, random, momentOf, clock } = this.#options
    const { attempt, isAlive } = delivery
    const isInTime = clock.nowMs - attempt.nowMs <= TIME_LIMIT_MS && isAlive()
    const moment = momentOf(attempt.endpoint.stream.name)
    const acknowledge = (isWhole = true) => {
      if (isInTime) judge.acknowledge(attempt, moment, isWhole)
      else this.#failed(delivery)
    }
    if (mode === 'up' || mode === 'late') {
      acknowledge()
      return random().chance(0.5) ? new Response(null, { status: 204 }) : new Response('ok')
    }
    if (mode === 'endless body') {
      acknowledge()
      return new Response(this.#endless())
    }
    if (mode === 'hanging body') {
      acknowledge(false)
      return new Response(this.#hanging(delivery))
    }
    this.#failed(delivery)
    if (mode === 'gone') {
      if (isInTime) attempt.endpoint.gone(attempt, moment)
      return new Response('gone', { status: 410 })
    }
    if (mode === 'busy') return this.#busy(attempt)
    if (mode === 'redirects')
      return new Response(null, { status: 302, headers: { location: 'http://127.0.0.1/' } })
    if (mode === 'fails') return new Response('no', { status: random().pick([500, 503, 404]) })
    throw new TypeError('the connection was lost')
  }

  #busy(attempt: Attempt): Response {
    const { random, clock } = this.#options
    const seconds = random().pick(RETRY_AFTER_SECONDS)
    attempt.endpoint.retryAfter(attempt, seconds, clock.nowMs)
    const atMs = clock.nowMs + seconds * 1000
    const value = random().chance(0.5) ? String(seconds) : new Date(atMs).toUTCString()
    return new Response(null, { status: 429, headers: { 'retry-after': value } })
  }

  #endless(): ReadableStream<Uint8Array> {
    let bytes = 0
    return new ReadableStream({
      pull: (controller) => {
        bytes += CHUNK_BYTES
        controller.enqueue(new Uint8Array(CHUNK_BYTES).fill(120))
        try {
          hold(bytes <= MOST_READ_BYTES, () => 'a response is read without a bound')
        } catch (error) {
          this.#options.report(error)
          controller.close()
        }
      },
    })
  }

  /** Its body begins and never ends. */
  #hanging({ request: { signal } }: Delivery): ReadableStream<Uint8Array> {
    return new ReadableStream({
      start: (controller) => {
        controller.enqueue(new Uint8Array(3))
        signal.addEventListener('abort', () => controller.error(signal.reason), { once: true })
      },
    })
  }
}
