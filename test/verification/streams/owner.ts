/** What the owner of a stream does with its endpoints. Each command is repeated until its response arrives. */
import type { NewEndpoint } from '../../../src/events/core/stream'
import { hold } from '../simulation/auditor/violation'
import { Lost } from '../simulation/faults'
import { type Random, uuidFrom } from '../support/random'
import type { VirtualClock } from './clock'
import type { Hosts } from './hosts'
import type { EndpointBook, Types } from './judge/endpoint-book'
import type { Judge } from './judge/judge'
import { addressOf, type Mode, MODES } from './receivers'
import { TYPES } from './sources'

/** Parts of a world that its owner uses. */
export interface OwnerWorld {
  readonly clock: VirtualClock
  readonly hosts: Hosts
  readonly judge: Judge
  readonly endpoints: OwnedEndpoint[]
  readonly receivers: { readonly modes: Map<number, Mode> }
  readonly random: Random
  readonly report: (error: unknown) => void
}

export interface OwnedEndpoint {
  readonly number: number
  readonly uuid: string
  readonly stream: string
  readonly book: EndpointBook
  readonly keyUuid: string | null
  addressVersion: number
}

/** As the service describes an endpoint. */
interface Described {
  readonly uuid: string
  readonly status: string
  readonly disabledReason: string | null
  readonly cursor: number
}
interface Answer<T> {
  readonly ok: boolean
  readonly value?: T
  readonly refusal?: { readonly code: string }
}
interface Insisted<T> extends Answer<T> {
  /** An earlier try had no response, so it may have had its effect. */
  readonly isRepeated: boolean
}

const TRIES = 6
/** Endpoints of a stream at a time. */
export const MOST_ENDPOINTS = 5
const TYPE_CHOICES: readonly Types[] = [
  null,
  null,
  ['call.ended', 'call.answered'],
  ['wallet.frozen'],
  TYPES.filter((type) => type !== 'call.ended'),
]

export class Owner {
  readonly #world: OwnerWorld

  constructor(world: OwnerWorld) {
    this.#world = world
  }

  get #random(): Random {
    return this.#world.random
  }

  get #nowMs(): number {
    return this.#world.clock.nowMs
  }

  /** Repeats a command until it has a response. */
  async #insist<T>(stream: string, method: string, ...args: unknown[]): Promise<Insisted<T>> {
    const { clock, hosts } = this.#world
    for (let attempt = 1; ; attempt++)
      try {
        const answer = await clock.until(hosts.command(stream, method, ...args))
        return { ...(answer as Answer<T>), isRepeated: attempt > 1 }
      } catch (error) {
        if (!(error instanceof Lost) || attempt === TRIES) throw error
      }
  }

  async open(stream: string): Promise<void> {
    await this.#insist(stream, 'open')
  }

  of(stream: string): OwnedEndpoint[] {
    return this.#world.endpoints.filter(
      ({ stream: of, book }) => of === stream && !book.isRemoved && !book.hasEnded,
    )
  }

  any(): OwnedEndpoint | undefined {
    const isManaged = ({ book }: OwnedEndpoint) => !book.isRemoved && !book.hasEnded
    return this.#random.pickOrNone(this.#world.endpoints.filter(isManaged))
  }

  /** @param given values that are not left to chance */
  async create(
    stream: string,
    given: { readonly types?: Types; readonly after?: number } = {},
  ): Promise<void> {
    if (this.of(stream).length >= MOST_ENDPOINTS) return
    const { judge, endpoints, receivers } = this.#world
    const random = this.#random
    const number = endpoints.length + 1
    const uuid = uuidFrom(random)
    const types = given.types === undefined ? random.pick(TYPE_CHOICES) : given.types
    const includePhone = random.chance(0.3)
    const { last } = judge.read(stream)
    const after = given.after ?? random.pick([null, null, 0, random.below(last + 1)])
    const book = judge.addEndpoint(stream, number, types, includePhone)
    const keyUuid = random.chance(0.3) ? await this.#createKey(stream) : null
    endpoints.push({ number, uuid, stream, book, keyUuid, addressVersion: 1 })
    receivers.modes.set(number, random.chance(0.6) ? 'up' : random.pick(MODES))
    const wanted = { uuid, keyUuid, url: addressOf(number), description: null }
    const created = await this.#createUntilKnown(stream, { ...wanted, types, includePhone, after })
    book.moveTo(after ?? created.cursor)
    hold(created.cursor >= Math.min(last, after ?? last), () => `${book.name}: it begins too early`)
    book.rotate(created.secret, this.#nowMs, created.isRepeated)
    book.isUncertain = false
  }

  /** A key of the same stream, which may have several endpoints. A key without a response is not used. */
  async #createKey(stream: string): Promise<string | null> {
    const used = this.of(stream).flatMap(({ keyUuid }) => keyUuid ?? [])
    if (used.length > 0 && this.#random.chance(0.5)) return this.#random.pick(used)
    const { clock, hosts } = this.#world
    const uuid = uuidFrom(this.#random)
    const key = { uuid, hash: uuid, name: 'key', scopes: ['endpoints:write'], tokenVersion: 0 }
    try {
      valueOf((await clock.until(hosts.command(stream, 'createKey', key))) as Answer<object>)
      return uuid
    } catch (error) {
      if (!(error instanceof Lost)) throw error
      return null
    }
  }

  /** Revokes the key of an endpoint, which ends all endpoints of the key. */
  async revokeKey({ stream, keyUuid }: OwnedEndpoint): Promise<void> {
    if (keyUuid === null) return
    const ended = this.of(stream).filter((one) => one.keyUuid === keyUuid)
    for (const { book } of ended) book.isUncertain = true
    await this.#insist<null>(stream, 'disableKey', keyUuid)
    await this.#insist<null>(stream, 'removeKey', keyUuid)
    for (const { book } of ended) {
      book.isUncertain = false
      book.hasEnded = true
      book.block(this.#nowMs)
      book.giveUpReplays()
    }
  }

  /** Without a response, the endpoint may exist. Then only a rotation returns a secret. */
  async #createUntilKnown(stream: string, wanted: NewEndpoint) {
    const { clock, hosts } = this.#world
    for (let attempt = 1; attempt <= TRIES; attempt++)
      try {
        const command = hosts.command(stream, 'createEndpoint', wanted)
        const created = (await clock.until(command)) as Answer<WithSecret>
        const { endpoint, secret } = valueOf(created)
        return { cursor: endpoint.cursor, secret, isRepeated: false }
      } catch (error) {
        if (!(error instanceof Lost)) throw error
        const found = await this.#insist<Described>(stream, 'findEndpoint', wanted.uuid)
        if (!found.ok) continue
        const rotated = await this.#insist<WithSecret>(stream, 'rotateEndpointSecret', wanted.uuid)
        return { cursor: valueOf(found).cursor, secret: valueOf(rotated).secret, isRepeated: true }
      }
    throw new Error('the endpoint is never created')
  }

  /** Runs a command. The judge accepts both states until it has a response. */
  async #certainly<T>({ book }: OwnedEndpoint, command: () => Promise<T>): Promise<T> {
    book.isUncertain = true
    const answer = await command()
    book.isUncertain = false
    return answer
  }

  async #change(endpoint: OwnedEndpoint, change: object): Promise<Insisted<Described>> {
    const { stream, uuid } = endpoint
    return this.#certainly(endpoint, () =>
      this.#insist<Described>(stream, 'changeEndpoint', uuid, change),
    )
  }

  async pause(endpoint: OwnedEndpoint): Promise<void> {
    const { ok } = await this.#change(endpoint, { status: 'paused' })
    if (ok) endpoint.book.block(this.#nowMs)
  }

  /** An endpoint that is enabled already keeps its failures. */
  async enable(endpoint: OwnedEndpoint): Promise<void> {
    const { stream, uuid, book } = endpoint
    if (book.hasEnded) return
    const found = await this.#insist<Described>(stream, 'findEndpoint', uuid)
    if (valueOf(found).status !== 'enabled') book.unblock()
    valueOf(await this.#change(endpoint, { status: 'enabled' }))
  }

  async moveCursor(endpoint: OwnedEndpoint): Promise<void> {
    const { book, stream } = endpoint
    const after = this.#random.below(this.#world.judge.read(stream).last + 1)
    const { ok, value } = await this.#change(endpoint, { after })
    if (!ok) return
    /** Events that it does not want are passed at once. */
    hold(Number(value?.cursor) >= after, () => `${book.name}: its cursor is ${value?.cursor}`)
    book.moveTo(after)
    book.limits.ownerActed()
  }

  async changeTypes(endpoint: OwnedEndpoint): Promise<void> {
    const types = this.#random.pick(TYPE_CHOICES)
    const { ok } = await this.#change(endpoint, { types })
    if (ok) endpoint.book.changeTypes(types)
  }

  async changeAddress(endpoint: OwnedEndpoint): Promise<void> {
    const includePhone = this.#random.chance(0.5)
    const url = addressOf(endpoint.number, endpoint.addressVersion + 1)
    const { ok } = await this.#change(endpoint, { url, includePhone })
    if (!ok) return
    endpoint.addressVersion += 1
    endpoint.book.changeAddress()
    endpoint.book.includesPhone = includePhone
  }

  async rotate(endpoint: OwnedEndpoint): Promise<void> {
    const { stream, uuid, book } = endpoint
    const rotated = await this.#certainly(endpoint, () =>
      this.#insist<WithSecret>(stream, 'rotateEndpointSecret', uuid),
    )
    book.rotate(valueOf(rotated).secret, this.#nowMs, rotated.isRepeated)
  }

  async replay(endpoint: OwnedEndpoint): Promise<void> {
    const { stream, uuid, book } = endpoint
    const { last } = this.#world.judge.read(stream)
    if (last === 0) return
    const from = this.#random.between(1, last)
    const to = Math.min(last, from + this.#random.pick([0, 0, 5, 40]))
    const known = book.stream.known[from - 1]
    const isOne = from === to && known !== undefined
    const { ok } = await this.#certainly(endpoint, () =>
      isOne
        ? this.#insist<number>(stream, 'replayEvent', uuid, known.event.id)
        : this.#insist<number>(stream, 'replay', uuid, { from, to }),
    )
    if (ok) book.replay({ from, to })
  }

  async remove(endpoint: OwnedEndpoint): Promise<void> {
    const { stream, uuid, book } = endpoint
    const removed = await this.#certainly(endpoint, () =>
      this.#insist<null>(stream, 'removeEndpoint', uuid),
    )
    hold(removed.ok || removed.isRepeated, () => `${book.name}: it is not found`)
    book.isRemoved = true
    book.block(this.#nowMs)
  }

  /** Its response arrives later: at most when the time limit passes. */
  test({ stream, uuid, book }: OwnedEndpoint): void {
    const { hosts, clock } = this.#world
    const id = `evt_${uuidFrom(this.#random).replaceAll('-', '')}`
    const data = { note: 'a test' }
    book.tests.set(id, data)
    const event = { id, type: 'endpoint.test', version: 1, atMs: clock.nowMs, data }
    hosts.command(stream, 'testEndpoint', uuid, event).catch((error: unknown) => {
      if (!(error instanceof Lost)) this.#world.report(error)
    })
  }

  async list(stream: string): Promise<readonly Described[]> {
    const { clock, hosts } = this.#world
    return (await clock.until(hosts.command(stream, 'listEndpoints'))) as readonly Described[]
  }
}

interface WithSecret {
  readonly endpoint: Described
  readonly secret: string
}

function valueOf<T>({ ok, value, refusal }: Answer<T>): T {
  hold(ok, () => `refused: ${refusal?.code}`)
  return value as T
}
