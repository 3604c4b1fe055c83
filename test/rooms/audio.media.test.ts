/**
 * Real audio between two pages in Chromium, through a real coturn with its agent. All calls run at the same
 * time, because each lasts until its credit ends. These tests wait for real time.
 */
import { rmSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bodyOf } from '../../client/client'
import type { Agent } from '../../scripts/coturn-agent/agent'
import { hasBrowser } from '../support/browser'
import {
  heading,
  hearing,
  lastPacketMs,
  press,
  samplesOf,
  type TwoPages,
  useCallPages,
} from '../support/call-pages'
import { type Coturn, createCoturn, hasCoturn, SECRETS } from '../support/coturn'
import { type RelayProxy, startRelayProxy } from '../support/relay-proxy'
import { kill, newStorage, said, type Service, start, topUp } from '../support/served'

/** 20 NGN, the least that can be paid, last a minute. */
const TARIFF = {
  id: 'media',
  version: 1,
  rates: [{ id: 'everywhere', prefix: '+', kobo_per_minute: 2000 }],
}
const SILENCE_MS = 15_000
/** A silent seat of an open socket is noticed by a check every 4/3 of the limit. */
const UNPAID_MS = SILENCE_MS + (SILENCE_MS * 4) / 3
const GRACE_MS = 10_000
const SWEEP_MS = 5000
/** An idle machine needs less than 1 s; ten calls at once on a busy one need longer. */
const CUT_MS = 5000

const callOf = async ({ account, uuid }: TwoPages) =>
  bodyOf(account.client.GET('/calls/{uuid}', { params: { path: { uuid } } }))

/** Waits until the call has ended. */
async function ended(pages: TwoPages, limitMs = 120_000) {
  for (const endMs = Date.now() + limitMs; Date.now() < endMs; await wait(500)) {
    const call = await callOf(pages)
    if (call.ended_at !== null) return call
  }
  throw new Error('the call did not end')
}

/** Types of the candidates that the page uses. */
const usedTypes = (page: Page): Promise<string[]> =>
  page.evaluate(`(async () => {
    const stats = [...(await connections.at(-1).getStats()).values()]
    const { selectedCandidatePairId } = stats.find(({ type }) => type === 'transport')
    const pair = stats.find(({ id }) => id === selectedCandidatePairId)
    return [pair.localCandidateId, pair.remoteCandidateId].map((one) => stats.find(({ id }) => id === one).candidateType)
  })()`)

/** Bytes of both directions, with the headers of RTP and without those of TURN, UDP and IP. */
const bytesOf = (page: Page): Promise<number> =>
  page.evaluate(`(async () => {
    const stats = [...(await connections.at(-1).getStats()).values()]
    const { bytesSent, bytesReceived } = stats.find(({ type }) => type === 'transport')
    return bytesSent + bytesReceived
  })()`)

/** Packets that each page missed so far. */
const lostBy = ({ caller, callee }: TwoPages) =>
  Promise.all([caller, callee].map(async (page) => (await samplesOf(page)).at(-1)?.lost))

describe.runIf(hasBrowser && hasCoturn)('a call with audio', () => {
  const pages = useCallPages()
  const storage = newStorage()
  let coturn: Coturn
  let agent: Agent
  let proxy: RelayProxy
  let service: Service

  beforeAll(async () => {
    coturn = await createCoturn()
    await coturn.start()
    agent = await coturn.startAgent()
    proxy = await startRelayProxy(agent.url)
    const settings = {
      RELAY_URL: proxy.url,
      RELAY_KEY_ID: SECRETS.RELAY_KEY_ID,
      RELAY_TOKEN: SECRETS.RELAY_TOKEN,
      CALL_SILENCE: `${SILENCE_MS / 1000}s`,
      TARIFF: JSON.stringify(TARIFF),
      SIMULATED_CUSTOMER: 'pays',
    }
    const flags = Object.entries(settings).flatMap(([name, value]) => ['--var', `${name}:${value}`])
    service = await start(storage, ...flags)
    if (!(await said(service, 'Ready on'))) throw new Error(service.output())
  }, 240_000)

  afterAll(async () => {
    await kill(service)
    await proxy?.close()
    await agent?.close()
    await coturn?.remove()
    rmSync(storage, { recursive: true, force: true })
  })

  let turn: Promise<unknown> = Promise.resolve()
  /** Short calls follow each other, so that the machine carries few at a time. */
  const inTurn = (run: () => Promise<void>) => () => {
    const after = turn.then(run, run)
    turn = after
    return after
  }
  /** Instants of the last packets and of the revocations, from the horizon. */
  const cutsOf = async ({ uuid, caller, callee }: TwoPages, horizonMs: number) => {
    const revoked = proxy.forwarded.filter(({ path }) => path.includes(uuid))
    return {
      lastMs: await Promise.all(
        [caller, callee].map(async (page) => (await lastPacketMs(page)) - horizonMs),
      ),
      revokedMs: revoked.map(({ atMs }) => atMs - horizonMs),
    }
  }

  const talk = (naira: number, trick = {}) => pages.talk(service.url, naira, trick)
  const call = (naira: number, trick = {}) => pages.call(service.url, naira, trick)

  it.concurrent(
    'is heard on both sides through the relay, and charged from the accept to the hang-up',
    inTurn(async () => {
      const two = await talk(20)
      const answeredMs = Date.parse((await callOf(two)).started_at ?? '')
      expect(await usedTypes(two.caller)).toEqual(['relay', 'relay'])
      const [bytes, beganMs] = [await bytesOf(two.caller), Date.now()]
      await wait(5000)
      const perMs = ((await bytesOf(two.caller)) - bytes) / (Date.now() - beganMs)
      process.stderr.write(`both directions: ${Math.round(perMs * 60)} kB a minute\n`)
      /** A browser's own choice is 20 ms a packet and some 800 kB a minute. */
      expect(perMs * 60).toBeLessThan(500)
      await press(two.callee, 'Hang up')
      await heading(two.caller, 'Call ended')
      const { status, end_reason, ended_at, duration_seconds: seconds, cost } = await callOf(two)
      expect({ status, end_reason }).toEqual({ status: 'completed', end_reason: 'hangup' })
      expect(seconds).toBe(Math.floor((Date.parse(ended_at ?? '') - answeredMs) / 1000))
      expect(cost).toBe(Math.ceil((seconds ?? 0) / 3))
    }),
  )

  it.concurrent('is cut on both sides when its credit ends', async () => {
    const two = await talk(20)
    const horizonMs = Date.parse((await callOf(two)).must_end_by ?? '')
    expect(await ended(two)).toMatchObject({ end_reason: 'credit_exhausted', cost: 20 })
    const cuts = await cutsOf(two, horizonMs)
    process.stderr.write(`cut after the end of credit: ${JSON.stringify(cuts)}\n`)
    expect(Math.max(...cuts.lastMs), JSON.stringify(cuts)).toBeLessThanOrEqual(CUT_MS)
    await heading(two.caller, 'Credit used up')
  })

  it.concurrent('is cut also for pages that ignore the end and offer host candidates', async () => {
    const two = await talk(20, { ignoresEnd: true, offersHosts: true })
    const horizonMs = Date.parse((await callOf(two)).must_end_by ?? '')
    expect(await usedTypes(two.caller)).toEqual(['relay', 'relay'])
    await ended(two)
    await wait(CUT_MS + 3000)
    const cuts = await cutsOf(two, horizonMs)
    expect(Math.max(...cuts.lastMs), JSON.stringify(cuts)).toBeLessThanOrEqual(CUT_MS)
  })

  it.concurrent('goes on without a lost packet after a top-up 5 s before the end', async () => {
    const two = await talk(20)
    const horizonMs = Date.parse((await callOf(two)).must_end_by ?? '')
    await wait(horizonMs - 5000 - Date.now())
    const lostBefore = await lostBy(two)
    await topUp(two.account.client, 20)
    await wait(horizonMs + 5000 - Date.now())
    await hearing(two.caller)
    expect(await lostBy(two)).toEqual(lostBefore)
    await press(two.caller, 'Hang up')
    expect((await ended(two)).duration_seconds).toBeGreaterThanOrEqual(60)
  })

  it.concurrent(
    'is lost when the callee is gone, and charged to the last sign of life',
    inTurn(async () => {
      const two = await talk(40)
      await two.callee.context().close()
      const goneMs = Date.now()
      const call = await ended(two)
      expect(call.end_reason).toBe('lost')
      expect(Date.parse(call.ended_at ?? '')).toBeLessThanOrEqual(goneMs)
      expect(Date.parse(call.ended_at ?? '')).toBeGreaterThan(goneMs - 12_000)
    }),
  )

  it.concurrent(
    'of a caller who stops pinging and goes on talking is lost after a bounded time',
    inTurn(async () => {
      const two = await talk(60, { ignoresEnd: true })
      await two.caller.evaluate('window.stopsPinging = true')
      const silentMs = Date.now()
      const call = await ended(two)
      expect(call.end_reason).toBe('lost')
      expect(Date.parse(call.ended_at ?? '')).toBeLessThanOrEqual(silentMs + 1000)
      await wait(2000)
      const unpaidMs = (await lastPacketMs(two.callee)) - Date.parse(call.ended_at ?? '')
      process.stderr.write(`audio after the last sign of life: ${(unpaidMs / 1000).toFixed(1)} s\n`)
      expect(unpaidMs).toBeLessThanOrEqual(UNPAID_MS + CUT_MS)
    }),
  )

  it.concurrent('is cut within the lifetime of its credentials if every revocation is lost', async () => {
    const two = await talk(20, { ignoresEnd: true })
    proxy.dropped.add(two.uuid)
    const horizonMs = Date.parse((await callOf(two)).must_end_by ?? '')
    await ended(two)
    await wait(horizonMs + GRACE_MS + SWEEP_MS + CUT_MS - Date.now())
    for (const page of [two.caller, two.callee])
      expect(await lastPacketMs(page)).toBeLessThanOrEqual(horizonMs + GRACE_MS + SWEEP_MS + CUT_MS)
  })

  it.concurrent(
    'that is declined costs nothing',
    inTurn(async () => {
      const two = await call(20)
      await press(two.callee, 'Decline')
      await heading(two.caller, 'Call declined')
      expect(await callOf(two)).toMatchObject({ status: 'cancelled', cost: 0 })
    }),
  )

  it.concurrent(
    'whose callee refuses the microphone is not answered',
    inTurn(async () => {
      const two = await call(20)
      await two.callee.evaluate(
        `navigator.mediaDevices.getUserMedia = async () => { throw new DOMException('no', 'NotAllowedError') }`,
      )
      await press(two.callee, 'Accept')
      await two.callee.getByText('This page may not use the microphone').waitFor()
      await press(two.callee, 'Decline')
      expect(await ended(two)).toMatchObject({ cost: 0, started_at: null })
    }),
  )

  it.concurrent(
    'is heard again after both pages were loaded anew',
    inTurn(async () => {
      const two = await talk(40)
      await two.callee.reload()
      await hearing(two.callee)
      await two.caller.reload()
      await hearing(two.caller)
      await hearing(two.callee)
      await press(two.caller, 'Hang up')
      expect(await ended(two)).toMatchObject({ end_reason: 'hangup' })
    }),
  )
})
