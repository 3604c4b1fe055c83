import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { describe, expect, it, vi } from 'vitest'
import { createApp } from '../../src/app'
import { createDeps } from '../../src/deps'
import { pass, START, useClock } from '../support/clock'
import {
  dial,
  newUser,
  ORIGIN,
  send,
  type TestUser,
  topUp,
  userWithCredit,
  walletOf,
} from '../support/client'
import { ownWallet } from '../support/own-wallet'
import { type Event, ticketTo, upgrade, watch } from '../support/live'

useClock()

const walletObject = (user: TestUser) => env.WALLET.getByName(`${user.uuid}/call_credits`)
const roomOf = (callUuid: string) => env.ROOM.getByName(callUuid)

const dialled = async (user: TestUser): Promise<string> => (await dial(user)).body.uuid
const answer = (user: TestUser, uuid: string) => user.send('PATCH', `/calls/${uuid}/answer`)
const end = (user: TestUser, uuid: string) => user.send('PATCH', `/calls/${uuid}/end`)

/** Cost that a client calculates from this event alone. */
function drawnCost({ call: { rate } }: Event, seconds: number): number {
  const beyond = Math.max(0, seconds - rate.minimum_seconds)
  const steps = Math.ceil(beyond / rate.increment_seconds)
  const billed = rate.minimum_seconds + steps * rate.increment_seconds
  const units = Math.ceil((billed * rate.kobo_per_minute) / (60 * rate.unit_kobo))
  return (units * rate.unit_kobo + rate.setup_kobo) / 100
}

describe('a subscriber to a call', () => {
  it('receives the state, the answer, a top-up, another call, and the end with the charge', async () => {
    const user = await userWithCredit(30)
    const uuid = await dialled(user)
    const { next, closed, unread } = await watch(user, uuid)
    expect(await next()).toMatchObject({
      type: 'state',
      at: '2126-03-14T10:00:00.000Z',
      seconds_left: 60,
      call: { uuid, status: 'initiated', cost: 10, must_end_by: '2126-03-14T10:01:00.000Z' },
    })
    pass(2000)
    await answer(user, uuid)
    const answered = await next()
    expect(answered).toMatchObject({
      type: 'answered',
      seconds_left: 180,
      call: { started_at: '2126-03-14T10:00:02.000Z', must_end_by: '2126-03-14T10:03:02.999Z' },
    })
    await topUp(user, 20)
    expect(await next()).toMatchObject({
      type: 'horizon_moved',
      call: { must_end_by: '2126-03-14T10:05:02.999Z' },
    })
    const other = await dialled(user)
    await answer(user, other)
    expect(await next()).toMatchObject({
      type: 'horizon_moved',
      call: { must_end_by: '2126-03-14T10:02:32.999Z' },
    })
    await end(user, other)
    expect(await next()).toMatchObject({ type: 'horizon_moved' })
    pass(61_000)
    expect((await walletOf(user)).held).toBe(drawnCost(answered, 61))
    const ended = await end(user, uuid)
    expect(await next()).toEqual({
      type: 'ended',
      at: '2126-03-14T10:01:03.000Z',
      seconds_left: null,
      call: ended.body,
    })
    expect(ended.body).toMatchObject({ cost: 11, end_reason: 'hangup' })
    expect(await closed).toBe(1000)
    expect(unread()).toBe(0)
  })

  it('is notified of low credit 60, 30 and 10 s before, and of the end at the announced time', async () => {
    const user = await userWithCredit(10)
    const uuid = await dialled(user)
    await answer(user, uuid)
    const { next, closed } = await watch(user, uuid)
    const announced = (await next()).call.must_end_by
    expect(announced).toBe('2126-03-14T10:01:00.999Z')
    await ringAlarms(user, uuid, START + 61_000)
    for (const secondsLeft of [60, 30, 10])
      expect(await next()).toMatchObject({ type: 'low_credit', seconds_left: secondsLeft })
    expect(await next()).toMatchObject({
      type: 'ended',
      call: { end_reason: 'credit_exhausted', ended_at: announced, cost: 10 },
    })
    expect(await closed).toBe(1000)
  })

  it('receives events after wallet and room hibernated, and after an alarm woke the wallet', async () => {
    const user = await userWithCredit(20)
    const uuid = await dialled(user)
    const { next, closed } = await watch(user, uuid)
    await next()
    await evict(user, uuid)
    await answer(user, uuid)
    expect(await next()).toMatchObject({ type: 'answered' })
    await evict(user, uuid)
    await topUp(user, 20)
    expect(await next()).toMatchObject({ type: 'horizon_moved', seconds_left: 240 })
    await evict(user, uuid)
    pass(3_600_000)
    await runDurableObjectAlarm(walletObject(user))
    expect(await next()).toMatchObject({ type: 'ended', call: { cost: 40 } })
    expect(await closed).toBe(1000)
  })

  it('receives the current state first after a reconnection, also of an ended call', async () => {
    const user = await userWithCredit(20)
    const uuid = await dialled(user)
    const first = await watch(user, uuid)
    await first.next()
    first.socket.close(1000)
    await answer(user, uuid)
    const second = await watch(user, uuid)
    expect(await second.next()).toMatchObject({ type: 'state', call: { status: 'answered' } })
    await end(user, uuid)
    expect(await second.next()).toMatchObject({ type: 'ended' })
    const third = await watch(user, uuid)
    expect(await third.next()).toMatchObject({ type: 'state', call: { status: 'completed' } })
    expect(await third.closed).toBe(1000)
  })

  it('is notified when a read finds that the call is over', async () => {
    const user = await userWithCredit(10)
    const uuid = await dialled(user)
    const { next } = await watch(user, uuid)
    await next()
    pass(60_000)
    await walletOf(user)
    expect(await next()).toMatchObject({ type: 'ended', call: { end_reason: 'no_answer' } })
  })

  it('receives a pong for a ping, and is disconnected after any other message', async () => {
    const user = await userWithCredit(10)
    const { socket, next, closed } = await watch(user, await dialled(user))
    await next()
    const pong = new Promise((resolve) => {
      socket.addEventListener('message', ({ data }) => resolve(data), { once: true })
    })
    socket.send('ping')
    expect(await pong).toBe('pong')
    socket.send('{"type":"end"}')
    expect(await closed).toBe(1008)
  })

  it('is disconnected as the oldest of twenty when another one connects', async () => {
    const user = await userWithCredit(10)
    const uuid = await dialled(user)
    const first = await watch(user, uuid)
    const second = await watch(user, uuid)
    for (let index = 0; index < 19; index++) await watch(user, uuid)
    expect(await first.closed).toBe(1008)
    expect(second.socket.readyState).toBe(WebSocket.OPEN)
  })
})

async function evict(user: TestUser, callUuid: string): Promise<void> {
  await evictDurableObject(walletObject(user))
  await evictDurableObject(roomOf(callUuid))
}

/** Moves the clock to `untilMs`, and runs the alarms of wallet and room when they are due. @returns their number */
async function ringAlarms(user: TestUser, callUuid: string, untilMs: number): Promise<number> {
  const stubs = [roomOf(callUuid), walletObject(user)]
  for (let alarms = 0; ; alarms++) {
    const dues = await Promise.all(
      stubs.map((stub) => runInDurableObject(stub, (_, state) => state.storage.getAlarm())),
    )
    const dueMs = Math.min(...dues.map((due) => due ?? Infinity))
    const stub = dueMs <= untilMs ? stubs[dues.indexOf(dueMs)] : undefined
    vi.setSystemTime(Math.max(Date.now(), stub ? dueMs : untilMs))
    if (!stub) return alarms
    await runDurableObjectAlarm(stub)
  }
}

describe('a disconnected socket that stays open', () => {
  /** Keeps clients, because the runtime closes a socket whose client was garbage-collected. */
  const keptClients: WebSocket[] = []

  it('receives no more events, and at most twenty sockets receive events', async () => {
    const user = await userWithCredit(20)
    const uuid = await dialled(user)
    const told = { events: 0 }
    for (let index = 0; index < 30; index++) {
      const { webSocket } = await upgrade(await ticketTo(user, uuid))
      webSocket?.accept({ allowHalfOpen: true })
      webSocket?.addEventListener('message', ({ data }) => {
        if (String(data).includes('"answered"')) told.events += 1
      })
    }
    await answer(user, uuid)
    const { next } = await watch(user, uuid)
    expect(await next()).toMatchObject({ type: 'state' })
    expect(told.events).toBeLessThanOrEqual(20)
  })

  it('counts towards the limit of a hundred, beyond which a connection is refused', async () => {
    const user = await userWithCredit(20)
    const uuid = await dialled(user)
    await runInDurableObject(roomOf(uuid), (_, state) => {
      for (let index = 0; index < 99; index++) {
        const { 0: client, 1: server } = new WebSocketPair()
        keptClients.push(client)
        state.acceptWebSocket(server, ['subscriber'])
      }
    })
    expect((await upgrade(await ticketTo(user, uuid))).status).toBe(101)
    const refused = await upgrade(await ticketTo(user, uuid))
    expect([refused.status, (await refused.json<{ code: string }>()).code]).toEqual([
      409,
      'too_many_watchers',
    ])
  })

  it('does not affect commands, whatever is wrong with it', async () => {
    const user = await userWithCredit(20)
    const uuid = await dialled(user)
    await runInDurableObject(roomOf(uuid), (_, state) => {
      const { 0: client, 1: server } = new WebSocketPair()
      keptClients.push(client)
      state.acceptWebSocket(server, ['subscriber'])
      server.serializeAttachment({ callUuid: uuid })
    })
    vi.spyOn(console, 'error').mockImplementation(() => undefined)
    expect((await answer(user, uuid)).status).toBe(200)
    await runDurableObjectAlarm(walletObject(user))
    expect((await end(user, uuid)).body).toMatchObject({ status: 'completed' })
    expect((await user.send('POST', '/auth/logout')).status).toBe(204)
    vi.restoreAllMocks()
  })

  it('is refused and leaves nothing behind if its data is too large to store', async () => {
    const user = await userWithCredit(20)
    const uuid = await dialled(user)
    const url = new URL(await ticketTo(user, uuid))
    url.host = `${'x'.repeat(17_000)}.example`
    vi.spyOn(console, 'error').mockImplementation(() => undefined)
    expect((await upgrade(url.href).catch(() => ({ status: 500 }))).status).toBeGreaterThanOrEqual(
      400,
    )
    vi.restoreAllMocks()
    expect((await end(user, uuid)).status).toBe(200)
  })
})

describe('an event ticket', () => {
  const refusal = async (response: Response) => {
    const { code } = await response.json<{ code: string }>()
    return [response.status, code]
  }

  it('works once, even if the object hibernated in between', async () => {
    const user = await userWithCredit(10)
    const url = await ticketTo(user, await dialled(user))
    const { webSocket } = await upgrade(url)
    webSocket?.accept()
    webSocket?.close(1000)
    await evictDurableObject(walletObject(user))
    expect(await refusal(await upgrade(url))).toEqual([401, 'invalid_ticket'])
  })

  it('works once, even if it is used concurrently', async () => {
    const user = await userWithCredit(10)
    const url = await ticketTo(user, await dialled(user))
    const answers = await Promise.all(Array.from({ length: 10 }, () => upgrade(url)))
    expect(answers.filter(({ status }) => status === 101)).toHaveLength(1)
  })

  it('is valid for thirty seconds', async () => {
    const user = await userWithCredit(10)
    const uuid = await dialled(user)
    const [early, late] = [await ticketTo(user, uuid), await ticketTo(user, uuid)]
    pass(29_000)
    expect((await upgrade(early)).status).toBe(101)
    pass(1000)
    expect(await refusal(await upgrade(late))).toEqual([401, 'invalid_ticket'])
  })

  it('is for one call, and no other token is accepted as a ticket', async () => {
    const user = await userWithCredit(20)
    const [uuid, other] = [await dialled(user), await dialled(user)]
    const ticket = new URL(await ticketTo(user, uuid)).searchParams.get('ticket') ?? ''
    const events = `${ORIGIN}/calls/${other}/events`
    for (const wrong of [ticket, user.token, user.refreshToken, 'x', ''])
      expect(await refusal(await upgrade(`${events}?ticket=${wrong}`))).toEqual([
        401,
        'invalid_ticket',
      ])
    const headers = { Authorization: `Bearer ${user.token}` }
    expect((await upgrade(events, headers)).status).toBe(401)
    const asToken = await send('GET', '/wallets', { token: ticket })
    expect(asToken.status).toBe(401)
  })

  it("is refused for another user's call as for a call that does not exist", async () => {
    const [owner, other] = [await userWithCredit(10), await newUser()]
    const uuid = await dialled(owner)
    expect((await other.send('POST', `/calls/${uuid}/ticket`)).status).toBe(404)
  })

  it('is accepted only for a WebSocket of an allowed origin', async () => {
    const user = await userWithCredit(10)
    const uuid = await dialled(user)
    const path = new URL(await ticketTo(user, uuid)).pathname
    const plain = await send('GET', path)
    expect(plain).toMatchObject({ status: 426, body: { code: 'upgrade_required' } })
    expect(plain.headers.get('Upgrade')).toBe('websocket')

    const deps = {
      ...createDeps(env),
      allowedOrigins: { listed: ['https://app.example.com'], loopback: false },
    }
    const app = createApp(deps)
    const from = async (origin: string, Upgrade = 'websocket') => {
      const url = (await ticketTo(user, uuid)).replace(/^ws/, 'http')
      const headers = { Upgrade, Origin: origin }
      return app.fetch(new Request(url, { headers }))
    }
    expect((await from(ORIGIN)).status).toBe(101)
    expect((await from(ORIGIN, 'WebSocket')).status).toBe(101)
    expect((await from('https://app.example.com')).status).toBe(101)
    for (const origin of ['https://evil.example', 'null', `${ORIGIN}.evil.example`])
      expect(await refusal(await from(origin))).toEqual([403, 'origin_refused'])
  })
})

describe('wake-ups', () => {
  /** Number of alarms during a call, and in the hour after it. */
  async function wakeUps(seconds: number): Promise<number> {
    const user = await userWithCredit(10_000)
    const longest = { ...createDeps(env).callLimits, maxDurationMs: 12 * 3_600_000 }
    const uuid = await dialled(user)
    const { next } = await watch(user, uuid)
    await next()
    let alarms = await ringAlarms(user, uuid, Date.now() + 5000)
    await ownWallet({ userUuid: user.uuid, type: 'call_credits' }).answerCall(uuid, longest)
    expect(await next()).toMatchObject({ type: 'answered' })
    alarms += await ringAlarms(user, uuid, Date.now() + seconds * 1000)
    await end(user, uuid)
    expect(await next()).toMatchObject({ type: 'ended', call: { duration_seconds: seconds } })
    return alarms + (await ringAlarms(user, uuid, Date.now() + 3_600_000))
  }

  it('a ten-hour call with a subscriber wakes its wallet and room no more often than a ten-second call', async () => {
    const short = await wakeUps(10)
    expect(await wakeUps(36_000)).toBe(short)
  })
})
