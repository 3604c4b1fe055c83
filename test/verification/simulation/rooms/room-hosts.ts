/** The room objects, as the wallets and the clients reach them, and the wallets and the relay, as rooms do. */
import { createRelay } from '../../../../src/rooms/relay/client'
import {
  type ConnectToRoom,
  createConnectToRoom,
  readConnection,
} from '../../../../src/rooms/object/client'
import { RoomObject } from '../../../../src/rooms/object/room-object'
import type { RoomObjectDeps } from '../../../../src/rooms/object/work'
import { presentMessage } from '../../../../src/rooms/schemas'
import type { RoomLimits } from '../../../../src/wallets/core/room-commands'
import { createWalletClient } from '../../../../src/wallets/object/client'
import type { RoomNews, RoomOf } from '../../../../src/wallets/object/rooms'
import type { CallJudge } from '../auditor/call-judge'
import { Lost } from '../faults'
import { ObjectHost } from '../object-host'
import type { World } from '../world'
import type { Network } from './network'
import type { RelayTwin } from './relay-twin'

export interface RoomHost {
  readonly host: ObjectHost<RoomObject>
  /** Losses of the object that the world has noticed. */
  losses: number
}

type Command = (...args: unknown[]) => Promise<unknown>

export interface RoomHostsOptions {
  readonly network: Network
  readonly relay: RelayTwin
  readonly judge: CallJudge
  readonly roomLimits: RoomLimits
  readonly report: (error: unknown) => void
}

export class RoomHosts {
  readonly rooms = new Map<string, RoomHost>()
  readonly connectToRoom: ConnectToRoom
  readonly #options: RoomHostsOptions
  world: World | undefined

  constructor(options: RoomHostsOptions) {
    this.#options = options
    const fetch = (callUuid: string) => (url: string, init: RequestInit) =>
      options.network.send('connect', callUuid, async () => {
        const request = new Request(url, init)
        const object = await this.room(callUuid).host.wake()
        const { joins } = readConnection(request)
        const seat = 'occupant' in joins ? joins.occupant.seat : ''
        options.judge.sign(callUuid, seat, Date.now())
        return object.fetch(request)
      })
    this.connectToRoom = createConnectToRoom({
      getByName: (callUuid: string) => ({ fetch: fetch(callUuid) }),
    } as unknown as Env['ROOM'])
  }

  readonly roomOf: RoomOf = (callUuid) => ({
    walletChanged: (news, revision) =>
      this.#options.network.send('news', callUuid, () =>
        this.#walletChanged(callUuid, news, revision),
      ),
  })

  async #walletChanged(callUuid: string, news: RoomNews, revision: number): Promise<void> {
    const { host } = this.room(callUuid)
    const { losses } = host
    await (await host.wake()).walletChanged(news, revision)
    if (host.losses !== losses) throw new Lost('the room was lost', false)
    const hasEnded = news.kind === 'call' && news.call.endedAtMs !== null
    this.#options.judge.newsProcessed(callUuid, revision, hasEnded)
  }

  room(callUuid: string): RoomHost {
    let room = this.rooms.get(callUuid)
    if (!room) {
      const deps = this.#depsOf(callUuid)
      const presentation = { presentEvent: () => ({}), presentMessage }
      const build = (ctx: DurableObjectState) =>
        new RoomObject(ctx, {} as Env, presentation, () => deps)
      const { faults } = this.#worldOf()
      room = { host: new ObjectHost(callUuid, build, faults), losses: 0 }
      this.rooms.set(callUuid, room)
    }
    return room
  }

  #worldOf(): World {
    if (!this.world) throw new Error('there is no world yet')
    return this.world
  }

  #depsOf(callUuid: string): RoomObjectDeps {
    const { network, relay, judge, roomLimits } = this.#options
    const stub = (name: string) =>
      new Proxy(
        {},
        {
          get:
            (_, method): Command =>
            (...args) =>
              this.#command(callUuid, name, String(method), args),
        },
      )
    const fetch = async (request: Request) => {
      if (request.url.endsWith('/generate-ice-servers')) {
        const { ttl } = (await request.clone().json()) as { ttl: number }
        this.#report(() => judge.ordered(callUuid, ttl, Date.now()))
      }
      return network.send('relay', callUuid, () => {
        if (relay.fault) judge.disturb(callUuid)
        return relay.fetch(request)
      })
    }
    return {
      wallets: createWalletClient({ getByName: stub } as unknown as Env['WALLET']),
      relay: createRelay({
        baseUrl: 'https://relay.example/v1',
        keyId: 'key',
        token: 'token',
        fetch,
        now: () => Date.now(),
      }),
      relayMode: 'relay',
      roomLimits,
      lostAfterMs: 45_000,
    }
  }

  #command(callUuid: string, name: string, method: string, args: unknown[]): Promise<unknown> {
    const { network, judge } = this.#options
    return network.send(method, callUuid, () => {
      if (method === 'acceptCall') this.#report(() => judge.accepts(callUuid, String(args[1])))
      return this.#worldOf().objects.command(name, method, args)
    })
  }

  #report(check: () => void): void {
    try {
      check()
    } catch (error) {
      this.#options.report(error)
    }
  }

  close(): void {
    for (const { host } of this.rooms.values()) host.close()
  }
}
