/** Operations of the two participants of a call, and of everything around it. */
import { admitToSeat, inviteToCall } from '../../../../src/rooms/service'
import { kobo } from '../../../../src/common/money'
import { answerCall, endCall, startCall } from '../../../../src/calls/service'
import type { Result } from '../../../../src/common/result'
import { type Random, uuidFrom } from '../../support/random'
import { endSession, register } from '../operations/calls'
import { UNKNOWN } from '../operations/outcome'
import type { CallWorld, Participants } from './call-world'
import { type SeatName, SeatClient } from './client'
import type { ServerSocket } from './sockets'
import type { Time } from './time'

export interface Act {
  readonly calls: CallWorld
  readonly time: Time
  readonly random: Random
}

type Operation = (act: Act) => Promise<unknown>

const recentCall = ({ calls, random }: Act): Participants | undefined =>
  random.pickOrNone(calls.participants.slice(-4))

const clientOf = ({ calls, random }: Act): SeatClient | undefined =>
  random.pickOrNone(
    calls.participants
      .slice(-4)
      .flatMap(({ caller, callee }) => [caller, callee].flatMap((one) => one ?? [])),
  )

async function start({ calls, random }: Act): Promise<void> {
  const { world } = calls
  const user = world.user(random)
  const callee = {
    recipientPhone: random.pick(['+2348031234567', '+12025550123', '+33123456789', '+60312345678']),
    type: 'audio',
    recipientName: null,
  } as const
  const started = (await calls.request(random, () =>
    startCall(world.deps, user.session, callee, undefined),
  )) as Awaited<ReturnType<typeof startCall>> | typeof UNKNOWN
  if (started === UNKNOWN || !started.result.ok) return
  const { uuid: callUuid } = started.result.value.answer
  calls.participants.push({ user, callUuid })
}

/** The caller has its own token; the callee's comes from the invitation. */
async function tokenOf(act: Act, { user, callUuid }: Participants, seat: SeatName) {
  const { calls, random } = act
  if (seat === 'caller') return JSON.stringify({ callUuid, seat, caller: user.session })
  const invited = (await calls.request(random, () =>
    inviteToCall(calls.deps, user.session, callUuid),
  )) as Awaited<ReturnType<typeof inviteToCall>> | typeof UNKNOWN
  return invited !== UNKNOWN && invited.ok ? invited.value.token : undefined
}

async function connect(act: Act, call: Participants, seat: SeatName): Promise<void> {
  const { calls, random } = act
  const { callUuid } = call
  const token = (await tokenOf(act, call, seat)) ?? call[seat]?.token
  if (token === undefined) return
  const report = (error: unknown) => calls.report(error)
  const client = (call[seat] ??= new SeatClient({ seat, callUuid, token }, calls.judge, report))
  client.token = token
  await calls.request(random, async () => {
    const admitted = await admitToSeat(calls.deps, token, callUuid)
    if (!admitted.ok) return
    const opened = (await calls.deps.connectToRoom(
      admitted.value,
    )) as unknown as Result<ServerSocket>
    if (opened.ok) attach(act, client, opened.value)
  })
}

/** The client reads what was sent before the response reached it. */
function attach({ calls }: Act, client: SeatClient, socket: ServerSocket): void {
  client.opened(socket)
  socket.client = {
    onMessage: (text) => client.receive(text),
    onClose: () => {
      void calls.network
        .send('close', client.callUuid, () => closeEvent(calls, client.callUuid, socket))
        .catch(() => {})
    },
  }
}

async function closeEvent(calls: CallWorld, callUuid: string, socket: ServerSocket) {
  const { host } = calls.hosts.room(callUuid)
  const held = host.sockets.find((one) => one.socket === socket)
  if (!held) return
  const object = await host.wake()
  object.webSocketClose(socket as unknown as WebSocket)
  host.sockets = host.sockets.filter((one) => one !== held)
}

async function say(act: Act, client: SeatClient, message: object, times = 1): Promise<void> {
  const { calls, random } = act
  const { socket, callUuid, seat } = client
  if (!socket || !client.isOpen) return
  const { host } = calls.hosts.room(callUuid)
  const isHeld = host.sockets.some((one) => one.socket === socket)
  if (!isHeld) return
  calls.judge.sign(callUuid, seat, Date.now())
  await calls.event(random, async () => {
    const object = await host.wake()
    for (let time = 0; time < times; time++)
      object.webSocketMessage(socket as unknown as WebSocket, JSON.stringify(message))
  })
}

/** The step that brings a call on. */
async function advance(act: Act): Promise<void> {
  const call = recentCall(act)
  if (!call) return start(act)
  const { caller, callee } = call
  if (caller?.hasEnded || callee?.hasEnded) return start(act)
  if (!caller?.isOpen) return connect(act, call, 'caller')
  if (!callee?.isOpen) return connect(act, call, 'callee')
  if (callee.phase === 'ringing') return say(act, callee, { type: 'accept' })
  for (const client of [caller, callee])
    if (client.epoch > 0) await say(act, client, { type: 'connected', epoch: client.epoch })
}

async function speak(act: Act): Promise<void> {
  const client = clientOf(act)
  if (!client) return
  const { epoch } = client
  const candidate = { candidate: '', sdpMid: '0', sdpMLineIndex: 0 }
  const said = act.random.pick([
    { type: 'accept' },
    { type: 'accept' },
    { type: 'connected', epoch },
    { type: 'connected', epoch },
    { type: 'candidate', epoch, candidate },
    { type: 'decline' },
    { type: 'hangup' },
    { type: 'report', lost: 1, received: 2, rtt: null },
  ])
  await say(act, client, said)
}

/** The callee accepts twice, before the wallet has responded. */
async function acceptTwice(act: Act): Promise<void> {
  const callee = recentCall(act)?.callee
  if (callee) await say(act, callee, { type: 'accept' }, 2)
}

const clientsCommand =
  (run: (calls: CallWorld, call: Participants) => Promise<unknown>): Operation =>
  async (act) => {
    const call = recentCall(act)
    if (call) await act.calls.request(act.random, () => run(act.calls, call))
  }

async function reconnect(act: Act): Promise<void> {
  const call = recentCall(act)
  if (call) await connect(act, call, act.random.pick(['caller', 'callee']))
}

/** A client closes its socket, or its network fails without an event. */
async function leave(act: Act): Promise<void> {
  const client = clientOf(act)
  const { calls, random } = act
  if (!client?.socket || !client.isOpen) return
  const { socket, callUuid } = client
  socket.isClosed = true
  if (random.chance(0.7)) await calls.event(random, () => closeEvent(calls, callUuid, socket))
  else socket.isClosed = false
}

/** A deployment: all objects restart, and all sockets are lost without an event. */
async function deploy({ calls }: Act): Promise<void> {
  calls.disturbAll()
  for (const { host } of calls.hosts.rooms.values()) {
    host.abort()
    for (const { socket } of host.sockets) socket.isClosed = true
    host.sockets = []
  }
  for (const { host } of calls.world.objects.residents.values()) host.abort()
}

async function evict({ calls, random }: Act): Promise<void> {
  random.pickOrNone([...calls.hosts.rooms.values()])?.host.abort()
}

async function pings(act: Act): Promise<void> {
  const client = clientOf(act)
  if (client?.isPinging) client.isPinging = false
  else client?.resume()
}

async function relayTurns({ calls, random }: Act): Promise<void> {
  if (calls.faultsPercent === 0) return
  calls.disturbAll()
  const { relay } = calls
  relay.fault = relay.fault ? undefined : random.pick(['down', 'failing', 'drops revocations'])
  calls.count(`relay ${relay.fault ?? 'works'}`)
}

/** Money arrives or is corrected, or an operator freezes or unfreezes the wallet: the horizon moves. */
async function fund({ calls, random }: Act): Promise<void> {
  const { uuid: userUuid } = calls.world.user(random)
  const uuid = uuidFrom(random)
  const act = random.pick([
    'goodwill',
    'goodwill',
    'goodwill',
    'goodwill',
    'debit',
    'freeze',
    'unfreeze',
    'unfreeze',
  ])
  const amountKobo = kobo(random.pick([1000, 2500, 20_000, 100_000, 1_000_000]))
  await calls.request(random, () =>
    calls.world.deps.wallets.send({ userUuid, type: 'call_credits' }, async (wallet) => {
      if (act === 'goodwill') return wallet.giveGoodwill({ uuid, amountKobo })
      if (act === 'debit') return wallet.correct({ uuid, amountKobo, direction: act })
      return act === 'freeze' && random.chance(0.5) ? wallet.freeze() : wallet.unfreeze()
    }),
  )
}

const WEIGHTS: readonly (readonly [weight: number, what: string, run: Operation])[] = [
  [30, 'advance', advance],
  [8, 'start', start],
  [
    16,
    'wait',
    ({ time, random }) => time.pass(random.pick([500, 3000, 12_000, 16_000, 60_000, 200_000])),
  ],
  [6, 'speak', speak],
  [2, 'accept twice', acceptTwice],
  [
    2,
    'answer',
    clientsCommand(({ world }, { user, callUuid }) =>
      answerCall(world.deps, user.session, callUuid),
    ),
  ],
  [
    3,
    'end',
    clientsCommand(({ world }, { user, callUuid }) =>
      endCall(world.deps, user.session, callUuid, 'hangup'),
    ),
  ],
  [3, 'reconnect', reconnect],
  [3, 'leave', leave],
  [3, 'pings', pings],
  [8, 'fund', fund],
  [
    1,
    'log out',
    ({ calls, random }) => calls.request(random, () => endSession(calls.world, random)),
  ],
  [1, 'relay', relayTurns],
  [0.5, 'deploy', deploy],
  [1, 'evict', evict],
]

export async function playOne(act: Act): Promise<string> {
  const { calls, random, time } = act
  const { world } = calls
  const isFaulty = random.below(200) < calls.faultsPercent
  world.faults.begin(isFaulty ? { abortAtStorageCall: random.between(1, 60) } : {})
  if (world.users.length < Math.min(2, world.scenery.people)) {
    await calls.request(random, () => register(world, random))
    return 'register'
  }
  await time.pass(random.pick([0, 1, 100, 400, 1100]))
  let left = (random.below(1e6) / 1e6) * WEIGHTS.reduce((sum, [weight]) => sum + weight, 0)
  const [, what, run] = WEIGHTS.find(([weight]) => (left -= weight) < 0) ?? [0, 'advance', advance]
  await run(act)
  calls.check()
  return what
}
