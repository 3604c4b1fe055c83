/** Real audio between two sessions in Chromium, without a relay. These tests wait for real time. */
import { setTimeout as wait } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import { hasBrowser } from '../../../support/browser'
import { until } from '../../../support/coturn'
import { type Call, hears, reload, statisticsOf, useSessions } from './session-pages'

const both = ({ caller, callee }: Call) => Promise.all([caller, callee].map(statisticsOf))
const hearEachOther = ({ caller, callee }: Call) => Promise.all([hears(caller), hears(callee)])
const connectionsOf = ({ caller, callee }: Call) =>
  Promise.all([caller, callee].map((page) => page.evaluate('window.connections.length')))

const SEATS = ['caller', 'callee'] as const

describe.runIf(hasBrowser)('two sessions of a call', () => {
  const { complaints, ring, talk } = useSessions()

  afterEach(() => expect(complaints.splice(0)).toEqual([]))

  it('send packets of 60 ms, and fewer while muted', async () => {
    const call = await talk()
    const before = await both(call)
    await wait(6000)
    const talked = await both(call)
    await call.callee.evaluate('window.session.setMuted(true)')
    await wait(6000)
    const muted = await both(call)
    const sent = talked.map((one, index) => one.sent - (before[index]?.sent ?? 0))
    for (const packets of sent) {
      expect(packets).toBeGreaterThan(60)
      expect(packets).toBeLessThan(160)
    }
    const sentMuted = (muted[1]?.sent ?? 0) - (talked[1]?.sent ?? 0)
    expect(sentMuted).toBeLessThan((sent[1] ?? 0) / 2)
    const line = await call.caller.evaluate<{ kilobytesPerMinute: number }>(
      'window.session.getState().line',
    )
    expect(line).toMatchObject({ isWeak: false, lossFraction: 0 })
  })

  it('lose no packet in a new epoch', async () => {
    const call = await talk()
    const lost = (await both(call)).map((one) => one.lost)
    call.room.beginEpoch()
    await until('both use epoch 2', () =>
      SEATS.every((seat) => call.room.count(seat, 'connected') === 2),
    )
    await hearEachOther(call)
    expect((await both(call)).map((one) => one.lost)).toEqual(lost)
    expect(await connectionsOf(call)).toEqual([1, 1])
  })

  it.each(SEATS)('hear each other after the %s has loaded the page anew', async (seat) => {
    const call = await talk()
    await reload(call[seat])
    await hearEachOther(call)
  })

  it.each(SEATS)('connect if the %s loads the page anew before the call is live', async (seat) => {
    const call = await ring()
    call.room.isHeld = true
    call.room.beginEpoch()
    await hearEachOther(call)
    await reload(call[seat])
    await hearEachOther(call)
    call.room.release()
    await until('the call is live', () => call.room.isLive)
  })

  it.each(['offer', 'answer', 'candidate'])('connect if the first %s is lost', async (type) => {
    const call = await ring()
    call.room.lost.add(type)
    call.room.beginEpoch()
    await wait(1500)
    call.room.lost.clear()
    await until('the call is live', () => call.room.isLive, 10_000)
    await hearEachOther(call)
  })

  it.each(SEATS)('keep their connection if the socket of the %s closes', async (seat) => {
    const call = await talk()
    await call.room.drop(seat)
    await call[seat].waitForFunction('window.session.getState().link === "open"')
    await hearEachOther(call)
    expect(await connectionsOf(call)).toEqual([1, 1])
  })

  it('connect if the socket of the caller closes during the negotiation', async () => {
    const call = await ring()
    call.room.isHeld = true
    call.room.beginEpoch()
    await call.room.drop('caller')
    await hearEachOther(call)
    call.room.release()
    await until('the call is live', () => call.room.isLive)
  })

  it('report to the room when the packets of the peer stop, and when they return', async () => {
    const call = await talk()
    const sender = 'window.connections.at(-1).getSenders()[0]'
    await call.callee.evaluate(`(window.kept = ${sender}.track, ${sender}.replaceTrack(null))`)
    await until('the caller reports', () => call.room.count('caller', 'report') === 1)
    await call.callee.evaluate(`${sender}.replaceTrack(window.kept)`)
    await until('the caller reports again', () => call.room.count('caller', 'report') === 2)
    expect(call.room.count('callee', 'report')).toBe(0)
  })

  it('use another microphone when the first one ends, or as soon as there is one', async () => {
    const call = await talk()
    await call.callee.evaluate(`{
      const { mediaDevices } = navigator
      window.getMicrophone = mediaDevices.getUserMedia.bind(mediaDevices)
      mediaDevices.getUserMedia = async () => { throw new DOMException('none', 'NotFoundError') }
      window.unplug = () => {
        const { track } = window.connections.at(-1).getSenders()[0]
        track.stop()
        track.dispatchEvent(new Event('ended'))
      }
      window.unplug()
    }`)
    await call.callee.waitForFunction('window.session.getState().microphone === "missing"')
    await call.callee.evaluate(`{
      navigator.mediaDevices.getUserMedia = window.getMicrophone
      navigator.mediaDevices.dispatchEvent(new Event('devicechange'))
    }`)
    await call.callee.waitForFunction('window.session.getState().microphone === "on"')
    await hears(call.caller)
    await call.callee.evaluate('window.unplug()')
    await hears(call.caller)
    expect(await call.callee.evaluate('window.session.getState().microphone')).toBe('on')
  })
})
