/** Calls with media through the API: two seats, a fake relay, and the real wallet and room. */
import { evictDurableObject, runDurableObjectAlarm } from 'cloudflare:test'
import { env, exports } from 'cloudflare:workers'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { ORIGIN, PASSWORD, send, sender, topUp, userWithCredit, walletOf } from '../support/client'
import { Seats } from '../../src/rooms/object/seats'
import { createApp } from '../../src/app'
import { createDeps } from '../../src/deps'
import { WalletObject } from '../../src/wallets/object/durable-object'
import { pass, useClock } from '../support/clock'
import { type FakeRelay, useRelay } from '../support/fake-relay'
import { upgrade } from '../support/live'
import {
  accepted,
  callOf,
  callStatus,
  inviteCallee,
  live,
  ringing,
  signsOfLife,
  takeSeat,
} from '../support/seats'
import captured from './core/descriptions/chromium-relay-audio-offer.sdp?raw'

useClock()

let relay: FakeRelay
beforeEach(() => {
  relay = useRelay()
})

const ringAlarm = (callUuid: string) => runDurableObjectAlarm(env.ROOM.getByName(callUuid))
const OFFER = captured.replaceAll('\n', '\r\n')
const RELAYED = 'candidate:1 1 udp 41885439 203.0.113.7 50000 typ relay raddr 0.0.0.0 rport 9'

describe('a call with media', () => {
  it('is charged from the accept to the hang-up, and its credentials are revoked', async () => {
    const user = await userWithCredit(100)
    const seated = await live(user)
    const { uuid, caller, callee } = seated
    expect(await callOf(user, uuid)).toMatchObject({ status: 'answered' })
    pass(30_000)
    await signsOfLife(seated)
    pass(31_000)
    callee.say({ type: 'hangup' })
    expect(await caller.next('ended')).toMatchObject({ reason: 'hangup', charge: 11 })
    expect(await callee.next('ended')).toMatchObject({ reason: 'hangup', charge: null })
    expect(await caller.closed).toMatchObject({ code: 1000 })
    expect(await callOf(user, uuid)).toMatchObject({
      status: 'completed',
      cost: 11,
      duration_seconds: 61,
      end_reason: 'hangup',
    })
    await expect.poll(() => relay.revoked.toSorted()).toEqual(['user-1', 'user-2'])
  })

  it('has one credential per seat, valid until 10 s after the horizon, and none before the accept', async () => {
    const user = await userWithCredit(20)
    const { uuid, callee } = await ringing(user)
    expect(relay.issued).toEqual([])
    callee.say({ type: 'accept' })
    const { ice_servers: servers, epoch } = await callee.next('relay')
    expect({ servers, epoch }).toEqual({
      servers: [
        { urls: ['turn:relay.example:3478'], username: 'user-2', credential: 'a-password' },
      ],
      epoch: 1,
    })
    expect(relay.issued.map(({ ttlSeconds, identifier }) => ({ ttlSeconds, identifier }))).toEqual([
      { ttlSeconds: 130, identifier: `${uuid}/caller` },
      { ttlSeconds: 130, identifier: `${uuid}/callee` },
    ])
  })

  it('shows each seat the other one, and the price only to the caller', async () => {
    const user = await userWithCredit(20)
    const { caller, callee } = await ringing(user)
    expect(caller.received[0]).toMatchObject({
      type: 'state',
      seat: 'caller',
      phase: 'open',
      peer_present: false,
      cost: 10,
      rate: { kobo_per_minute: 1000 },
    })
    expect(callee.received[0]).toMatchObject({
      type: 'state',
      seat: 'callee',
      phase: 'ringing',
      peer_present: true,
      cost: null,
      rate: null,
    })
  })

  it('is answered if the callee accepts before the wallet has seen the ringing', async () => {
    const user = await userWithCredit(20)
    const { uuid, callerUrl, calleeUrl } = await inviteCallee(user)
    const caller = await takeSeat(callerUrl)
    vi.spyOn(console, 'error').mockImplementation(() => {})
    vi.spyOn(WalletObject.prototype, 'ringCall').mockImplementation(() => {
      throw new Error('unreachable')
    })
    const callee = await takeSeat(calleeUrl)
    callee.say({ type: 'accept' })
    await callee.next('relay')
    expect(await caller.phase('connecting')).toMatchObject({ status: 'answered' })
    expect(await callStatus(user, uuid)).toBe('answered')
  })

  it('that is declined, or that nobody accepts, costs nothing', async () => {
    const user = await userWithCredit(20)
    const declined = await ringing(user)
    declined.callee.say({ type: 'decline' })
    expect(await declined.caller.next('ended')).toMatchObject({ reason: 'declined', charge: 0 })
    const unanswered = await ringing(user)
    pass(60_001)
    await ringAlarm(unanswered.uuid)
    expect(await unanswered.callee.next('ended')).toMatchObject({ reason: 'no_answer' })
    expect(await callOf(user, unanswered.uuid)).toMatchObject({ status: 'cancelled', cost: 0 })
    expect(relay.issued).toEqual([])
  })

  it('that does not connect within 15 s fails and costs nothing', async () => {
    const user = await userWithCredit(20)
    const { uuid, caller } = await accepted(user)
    pass(15_000)
    await ringAlarm(uuid)
    expect(await caller.next('ended')).toMatchObject({ reason: 'failed', charge: 0 })
    await expect.poll(() => relay.revoked.length).toBe(2)
  })

  it('that the relay cannot serve fails and costs nothing', async () => {
    const user = await userWithCredit(20)
    const { uuid, caller, callee } = await ringing(user)
    relay.isDown = true
    callee.say({ type: 'accept' })
    await caller.phase('connecting')
    pass(15_000)
    await ringAlarm(uuid)
    expect(await caller.next('ended')).toMatchObject({ reason: 'failed', charge: 0 })
  })

  it('whose callee falls silent is lost, and charged to the last sign of life', async () => {
    const user = await userWithCredit(100)
    const seated = await live(user)
    const { uuid, caller, callee } = seated
    pass(30_000)
    await signsOfLife(seated)
    callee.leave()
    await caller.next('state')
    pass(40_000)
    caller.say({ type: 'report', lost: 9, received: 1, rtt: null })
    pass(5000)
    await ringAlarm(uuid)
    expect(await caller.next('ended')).toMatchObject({ reason: 'lost', charge: 5 })
    expect(await callOf(user, uuid)).toMatchObject({ end_reason: 'lost', duration_seconds: 30 })
  })

  it('ends at the horizon on both seats', async () => {
    const user = await userWithCredit(10)
    const seated = await live(user)
    const { uuid, caller, callee } = seated
    pass(30_000)
    await signsOfLife(seated)
    const { must_end_by: horizon } = await callOf(user, uuid)
    pass(Date.parse(horizon) - Date.now() + 1)
    await ringAlarm(uuid)
    expect(await caller.next('ended')).toMatchObject({ reason: 'credit_exhausted', charge: 10 })
    expect(await callee.next('ended')).toMatchObject({ reason: 'credit_exhausted' })
    await expect.poll(() => relay.revoked.length).toBe(2)
  })

  it('that is topped up gets new credentials, and the old ones are revoked after both use the new', async () => {
    const user = await userWithCredit(20)
    const { caller, callee } = await live(user)
    pass(5000)
    await topUp(user, 30)
    expect(await caller.next('horizon_moved')).toMatchObject({
      must_end_reason: 'credit_exhausted',
    })
    expect(await caller.next('relay')).toMatchObject({ epoch: 2 })
    expect(await callee.next('relay')).toMatchObject({ epoch: 2 })
    expect(relay.revoked).toEqual([])
    caller.say({ type: 'connected', epoch: 2 })
    callee.say({ type: 'connected', epoch: 2 })
    await expect.poll(() => relay.revoked.toSorted()).toEqual(['user-1', 'user-2'])
    expect(relay.issued.at(-1)?.ttlSeconds).toBe(300 - 5 + 10)
  })

  it('is not answered after five calls that did not connect', async () => {
    const user = await userWithCredit(100)
    for (let count = 0; count < 5; count++) {
      const { uuid, caller } = await accepted(user)
      pass(15_000)
      await ringAlarm(uuid)
      await caller.next('ended')
    }
    const { caller, callee } = await ringing(user)
    callee.say({ type: 'accept' })
    const failed = { type: 'answer_failed', code: 'too_many_lost_calls' }
    expect(await caller.next('answer_failed')).toMatchObject(failed)
    const { retry_at: retryAt } = await callee.next('answer_failed')
    expect(Date.parse(retryAt)).toBeGreaterThan(Date.now())
  })
})

describe('messages', () => {
  it('of one seat reach the other, filtered', async () => {
    const user = await userWithCredit(20)
    const { caller, callee } = await accepted(user)
    const host = {
      candidate: 'candidate:1 1 udp 2122260223 192.168.0.7 50000 typ host',
      sdpMid: '0',
    }
    caller.say({ type: 'offer', epoch: 1, sdp: OFFER })
    caller.say({ type: 'candidate', epoch: 1, candidate: host })
    caller.say({ type: 'candidate', epoch: 1, candidate: { candidate: RELAYED, sdpMid: '0' } })
    const offer = await callee.next('offer')
    expect(offer['sdp']).toContain('m=audio 9 UDP/TLS/RTP/SAVPF')
    expect(offer['sdp']).not.toContain('typ host')
    expect(await callee.next('candidate')).toEqual({
      type: 'candidate',
      epoch: 1,
      candidate: { candidate: RELAYED, sdpMid: '0', sdpMLineIndex: null },
    })
  })

  it.each([
    ['an unknown type', { type: 'shout' }, 1008],
    ['text that is not JSON', 'hello', 1008],
    ['a binary message', new ArrayBuffer(8), 1008],
    ['an oversized message', `"${'x'.repeat(20_000)}"`, 1009],
    ['a description without audio', { type: 'offer', epoch: 0, sdp: 'v=0\r\n' }, 1008],
  ])('with %s close the sender, and the call continues', async (_, message, code) => {
    const user = await userWithCredit(20)
    const { uuid, callerUrl, caller, callee } = await live(user)
    caller.say(message)
    expect(await caller.closed).toMatchObject({ code, reason: expect.stringMatching(/./) })
    expect(await callee.next('state')).toMatchObject({ phase: 'live', peer_present: false })
    const again = await takeSeat(callerUrl)
    expect(await again.next('state')).toMatchObject({ phase: 'live' })
    expect(await callStatus(user, uuid)).toBe('answered')
  })

  it('that close the sender keep the times of its pings', async () => {
    const user = await userWithCredit(20)
    const { uuid, callerUrl, caller, callee } = await live(user)
    /** The times are lost with the socket. */
    vi.spyOn(Seats.prototype, 'lastSeenMs').mockImplementation(function (this: Seats) {
      return { caller: this.occupantOf('caller') ? Date.now() : null, callee: Date.now() }
    })
    pass(50_000)
    caller.say('hello')
    await caller.closed
    expect(await callee.next('state')).toMatchObject({ phase: 'live', peer_present: false })
    expect(await (await takeSeat(callerUrl)).next('state')).toMatchObject({ phase: 'live' })
    expect(await callStatus(user, uuid)).toBe('answered')
  })

  it('beyond 240 a minute close the sender, also on a new connection', async () => {
    const user = await userWithCredit(20)
    const { callerUrl, caller } = await live(user)
    for (let count = 0; count < 240; count++) caller.say({ type: 'connected', epoch: 1 })
    expect(await caller.closed).toMatchObject({ code: 1008, reason: 'too many messages' })
    const again = await takeSeat(callerUrl)
    again.say({ type: 'hangup' })
    expect(await again.closed).toMatchObject({ code: 1008, reason: 'too many messages' })
  })
})

describe('a seat', () => {
  it('is replaced by a second connection with its token', async () => {
    const user = await userWithCredit(20)
    const { callerUrl, caller, callee } = await live(user)
    const second = await takeSeat(callerUrl)
    expect(await caller.closed).toEqual({ code: 4001, reason: 'replaced' })
    expect(await second.next('relay')).toMatchObject({ epoch: 1 })
    callee.say({ type: 'offer', epoch: 1, sdp: OFFER })
    expect(await second.next('offer')).toMatchObject({ epoch: 1 })
  })

  it('receives messages of the other seat and changes of the call after the room was evicted', async () => {
    const user = await userWithCredit(20)
    const { uuid, caller, callee } = await live(user)
    await evictDurableObject(env.ROOM.getByName(uuid))
    caller.say({ type: 'offer', epoch: 1, sdp: OFFER })
    expect(await callee.next('offer')).toMatchObject({ epoch: 1 })
    await evictDurableObject(env.ROOM.getByName(uuid))
    await topUp(user, 30)
    expect(await caller.next('horizon_moved')).toMatchObject({ phase: 'live' })
    expect(await callee.next('relay')).toMatchObject({ epoch: 2 })
  })

  it('can be taken again after a deployment closed all sockets, and the call is charged once', async () => {
    const user = await userWithCredit(20)
    const { uuid, callerUrl, calleeUrl, caller, callee } = await live(user)
    pass(59_000)
    await evictDurableObject(env.ROOM.getByName(uuid), { webSockets: 'close' })
    await Promise.all([caller.closed, callee.closed])
    const back = [await takeSeat(callerUrl), await takeSeat(calleeUrl)] as const
    for (const seat of back) expect(await seat.next('relay')).toMatchObject({ epoch: 1 })
    pass(31_000)
    back[1].say({ type: 'hangup' })
    expect(await back[0].next('ended')).toMatchObject({ reason: 'hangup', charge: 15 })
    const charges = await user.send(
      'GET',
      `/wallets/${(await walletOf(user, 'call_credits')).uuid}/transactions`,
    )
    expect(
      charges.body.filter(({ kind }: { kind: string }) => kind === 'call_charge'),
    ).toHaveLength(1)
  })

  it('of the caller is closed when the session ends, and a new log-in gets a new token', async () => {
    const user = await userWithCredit(20)
    const { uuid, callerUrl, caller, callee } = await live(user)
    await user.send('POST', '/auth/logout', { body: { refresh_token: user.refreshToken } })
    expect(await caller.closed).toEqual({ code: 1008, reason: 'the session has ended' })
    expect((await upgrade(callerUrl)).status).toBe(401)
    const { email } = user
    const login = await send('POST', '/auth/login', { body: { email, password: PASSWORD } })
    const token = login.body.access_token
    const { body: call } = await send('GET', `/calls/${uuid}`, { token })
    const again = await takeSeat(call.signaling_url)
    expect(await again.next('state')).toMatchObject({ phase: 'live' })
    again.say({ type: 'hangup' })
    await callee.next('ended')
  })

  it('is closed when the wallet is frozen', async () => {
    const user = await userWithCredit(20)
    const { uuid, caller, callee } = await live(user)
    await env.WALLET.getByName(`${user.uuid}/call_credits`).freeze()
    expect(await callee.next('ended')).toMatchObject({ reason: 'wallet_frozen' })
    expect(await caller.closed).toMatchObject({ code: 1000 })
    await expect.poll(() => relay.revoked.length).toBe(2)
    expect(await env.WALLET.getByName(`${user.uuid}/call_credits`).callInRoom(uuid)).toMatchObject({
      value: { endReason: 'wallet_frozen' },
    })
  })

  it('is closed when the call is ended by a request', async () => {
    const user = await userWithCredit(20)
    const { uuid, caller, callee } = await live(user)
    await user.send('PATCH', `/calls/${uuid}/end`)
    expect(await caller.next('ended')).toMatchObject({ reason: 'hangup', charge: 1 })
    expect(await callee.closed).toMatchObject({ code: 1000 })
    await expect.poll(() => relay.revoked.length).toBe(2)
  })
})

describe('a signaling token', () => {
  it('is rejected when it is guessed, foreign, altered, or of an ended call', async () => {
    const user = await userWithCredit(50)
    const first = await inviteCallee(user)
    const second = await inviteCallee(user)
    const statusOf = async (url: string) => (await upgrade(url)).status
    const ticket = new URL(first.calleeUrl).searchParams.get('ticket') ?? ''
    const foreign = first.calleeUrl.replace(first.uuid, second.uuid)
    expect(await statusOf(foreign)).toBe(401)
    expect(await statusOf(first.calleeUrl.replace(ticket, 'guessed'))).toBe(401)
    const altered = `${ticket.slice(0, -1)}${ticket.endsWith('A') ? 'E' : 'A'}`
    expect(await statusOf(first.calleeUrl.replace(ticket, altered))).toBe(401)
    await user.send('PATCH', `/calls/${first.uuid}/end`)
    expect(await statusOf(first.calleeUrl)).toBe(410)
    expect(await statusOf(first.callerUrl)).toBe(410)
  })

  it('of an open call yields 426 for a request without `Upgrade`', async () => {
    const user = await userWithCredit(20)
    const { calleeUrl } = await inviteCallee(user)
    const url = new URL(calleeUrl)
    expect((await send('GET', `${url.pathname}${url.search}`)).status).toBe(426)
  })
})

describe('an invitation', () => {
  it('moves the deadline once, and a repeat returns the same links', async () => {
    const user = await userWithCredit(20)
    const { uuid } = await inviteCallee(user)
    const before = await callOf(user, uuid)
    expect(Date.parse(before.must_end_by) - Date.parse(before.created_at)).toBe(600_000)
    pass(5000)
    const again = await user.send('POST', `/calls/${uuid}/invitation`, { body: {} })
    expect(again.status).toBe(201)
    expect(again.body.expires_at).toBe(before.must_end_by)
    const more = await user.send('POST', `/calls/${uuid}/invitation`, { body: {} })
    expect(more.body).toEqual(again.body)
    expect(again.body.url).toContain(`/call#${uuid}/eyJ`)
  })

  it('makes the call ring for 60 s when the callee enters', async () => {
    const user = await userWithCredit(20)
    const { uuid } = await ringing(user)
    const call = await callOf(user, uuid)
    expect(Date.parse(call.must_end_by) - Date.now()).toBe(60_000)
  })

  it('prevents an answer by PATCH after the callee has entered', async () => {
    const user = await userWithCredit(20)
    const { uuid } = await ringing(user)
    const answered = await user.send('PATCH', `/calls/${uuid}/answer`)
    expect(answered).toMatchObject({ status: 409, body: { code: 'call_state_conflict' } })
  })

  it('no longer admits the callee after the caller answered by PATCH', async () => {
    const user = await userWithCredit(20)
    const { uuid, callerUrl, calleeUrl } = await inviteCallee(user)
    const caller = await takeSeat(callerUrl)
    expect((await user.send('PATCH', `/calls/${uuid}/answer`)).status).toBe(200)
    expect(await caller.phase('no_media')).toMatchObject({ status: 'answered' })
    const refused = await upgrade(calleeUrl)
    expect(await refused.json()).toMatchObject({ status: 409, code: 'call_without_media' })
  })

  it('is refused for an answered call, a foreign call and a body with fields', async () => {
    const user = await userWithCredit(50)
    const stranger = await userWithCredit(20)
    const { uuid } = await inviteCallee(user)
    const invite = (by: typeof user, body: object) =>
      by.send('POST', `/calls/${uuid}/invitation`, { body })
    expect((await invite(stranger, {})).status).toBe(404)
    expect((await invite(user, { minutes: 20 })).status).toBe(400)
    await user.send('PATCH', `/calls/${uuid}/answer`)
    expect(await invite(user, {})).toMatchObject({
      status: 409,
      body: { code: 'call_state_conflict' },
    })
  })
})

describe('without a relay', () => {
  const unconfigured = { ...createDeps(env), relayMode: undefined }
  const sendWithout = sender(async (request) => createApp(unconfigured).fetch(request))
  const refused = { status: 503, body: { code: 'relay_not_configured' } }

  it('production refuses invitations and seats', async () => {
    const user = await userWithCredit(20)
    const { uuid, calleeUrl } = await inviteCallee(user)
    const { token } = user
    const path = `/calls/${uuid}/invitation`
    expect(await sendWithout('POST', path, { token, body: {} })).toMatchObject(refused)
    const seat = new URL(calleeUrl)
    expect(await sendWithout('GET', `${seat.pathname}${seat.search}`)).toMatchObject(refused)
  })
})

it('the page of a call has policies of its own', async () => {
  const { status, headers } = await exports.default.fetch(new Request(`${ORIGIN}/call`))
  expect(status).toBe(200)
  expect(headers.get('Content-Security-Policy')).toMatch(/^default-src 'none'; script-src 'self'/)
  expect(headers.get('Content-Security-Policy')).toContain("frame-ancestors 'self'")
  expect(headers.get('Permissions-Policy')).toContain('microphone=(self)')
  expect(headers.get('Permissions-Policy')).toContain('camera=()')
  expect(headers.get('Referrer-Policy')).toBe('no-referrer')
})

it('the mode follows from the settings', () => {
  const modeOf = (settings: object) => createDeps({ ...env, ...settings }).relayMode
  const none = { RELAY_KEY_ID: '', RELAY_TOKEN: '' }
  expect(modeOf({})).toBe('relay')
  expect(modeOf(none)).toBe('direct')
  expect(modeOf({ ...none, MONNIFY_SIMULATOR: 'off' })).toBeUndefined()
  expect(modeOf({ ...none, MONNIFY_SIMULATOR: 'off', RELAY: 'direct' })).toBe('direct')
})
