/** A world of calls with a room: real wallets and rooms, a network with faults, a relay and clients. */
import type { RoomDeps } from '../../../../src/rooms/service'
import { ok, refuse } from '../../../../src/common/result'
import type { SignalingClaims, Tokens } from '../../../../src/common/tokens/access-token'
import { CallJudge } from '../auditor/call-judge'
import { horizonOf } from '../auditor/room-commands'
import { Lost } from '../faults'
import { asked, UNKNOWN } from '../operations/outcome'
import type { Platform } from '../platform'
import type { Random } from '../../support/random'
import { type User, World } from '../world'
import type { SeatClient } from './client'
import { Network } from './network'
import { RelayTwin } from './relay-twin'
import { RoomHosts } from './room-hosts'

export interface Participants {
  readonly user: User
  readonly callUuid: string
  caller?: SeatClient
  callee?: SeatClient
}

/** Room tokens as plain JSON: the tests of tokens cover their signatures. */
const TOKENS: Pick<Tokens, 'signSignaling' | 'verifySignaling'> = {
  signSignaling: async (claims) => JSON.stringify(claims),
  verifySignaling: async (token) =>
    token === '' ? refuse({ code: 'invalid_ticket' }) : ok(JSON.parse(token) as SignalingClaims),
}

export class CallWorld {
  readonly faultsPercent: number
  readonly world: World
  readonly relay = new RelayTwin()
  readonly judge = new CallJudge((username) => this.relay.rows.get(username))
  readonly network: Network
  readonly hosts: RoomHosts
  readonly deps: RoomDeps
  readonly participants: Participants[] = []
  readonly counts = new Map<string, number>()
  readonly #walletLosses = new Map<string, number>()
  readonly #revisions = new Map<string, number>()

  constructor(seed: number, platform: Platform, random: Random) {
    this.faultsPercent = random.pick([0, 0, 4, 15])
    this.network = new Network({
      faultsPercent: this.faultsPercent,
      onFault: (kind, callUuid) => {
        this.count(`packet ${kind}`)
        this.judge.disturb(callUuid)
      },
    })
    const { network, relay, judge } = this
    const roomLimits = {
      ringTimeoutMs: 60_000,
      maxDurationMs: random.pick([90_000, 600_000, 7_200_000]),
      invitationMs: 600_000,
      lostCalls: { kind: 'quota', name: 'lost-calls', quota: 3, windowMs: 3_600_000 },
    } as const
    const report = (error: unknown) => this.report(error)
    this.hosts = new RoomHosts({ network, relay, judge, roomLimits, report })
    this.world = new World(seed, platform, {
      isGrounded: false,
      roomOf: this.hosts.roomOf,
      onCommitted: (name) => this.#committed(name),
    })
    this.hosts.world = this.world
    this.world.isShared = this.faultsPercent > 0
    this.deps = {
      wallets: this.world.deps.wallets,
      connectToRoom: this.hosts.connectToRoom,
      tokens: TOKENS as Tokens,
      roomLimits,
      relayMode: 'relay',
      firstNameOf: async () => 'Ada',
      now: () => Date.now(),
    }
  }

  count(what: string): void {
    this.counts.set(what, (this.counts.get(what) ?? 0) + 1)
  }

  report(error: unknown): void {
    this.world.violation ??= error
  }

  #committed(name: string): void {
    this.noticeLosses()
    const wallet = this.world.auditor.wallet(name)
    if (this.#revisions.get(name) === wallet.change) return
    this.#revisions.set(name, wallet.change)
    for (const call of wallet.calls)
      if (call.roomSinceMs !== null) {
        const horizonMs = call.chargeKobo === null ? horizonOf(wallet, call.uuid) : null
        this.judge.committed(call, wallet.change, horizonMs, Date.now())
      }
  }

  /** A lost object disturbs its calls. */
  noticeLosses(): void {
    for (const [callUuid, room] of this.hosts.rooms)
      if (room.losses !== room.host.losses) {
        room.losses = room.host.losses
        this.judge.disturb(callUuid)
      }
    for (const [name, { host }] of this.world.objects.residents)
      if ((this.#walletLosses.get(name) ?? 0) !== host.losses) {
        this.#walletLosses.set(name, host.losses)
        this.disturbWallet(name)
      }
  }

  disturbWallet(name: string): void {
    for (const { uuid } of this.world.auditor.wallet(name).calls) this.judge.disturb(uuid)
  }

  disturbAll(): void {
    for (const { callUuid } of this.participants) this.judge.disturb(callUuid)
  }

  clients(): SeatClient[] {
    return this.participants.flatMap(({ caller, callee }) =>
      [caller, callee].filter((client) => client !== undefined),
    )
  }

  check(): void {
    this.noticeLosses()
    if (this.world.violation) throw this.world.violation
    this.judge.checkCredentials(Date.now())
  }

  /** Runs a client's request while the network delivers. One that waits for a held packet goes on by itself. */
  async request(random: Random, run: () => Promise<unknown>): Promise<unknown> {
    let result: unknown = UNKNOWN
    void asked(this.world, run).then(
      (value) => (result = value),
      (error: unknown) => this.report(error),
    )
    await this.network.pump(random)
    this.check()
    return result
  }

  /** Runs an event of an object, which a fault may stop. */
  async event(random: Random, run: () => Promise<unknown>): Promise<boolean> {
    let isWhole = true
    try {
      await run()
    } catch (error) {
      if (!(error instanceof Lost)) throw error
      isWhole = false
    }
    await this.network.pump(random)
    this.check()
    return isWhole
  }

  close(): void {
    this.hosts.close()
    this.world.close()
  }
}
