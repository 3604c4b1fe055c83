/** Time from the callee's accept to the first packet of audio, through a real coturn and two pages. */
import { rmSync } from 'node:fs'
import type { Page } from 'playwright-core'
import { hasBrowser } from '../../support/browser'
import { createCallPages, heading, launchBrowser, press, samplesOf } from '../../support/call-pages'
import { createCoturn, hasCoturn, SECRETS, until } from '../../support/coturn'
import { kill, newStorage, said, start } from '../../support/served'
import { percentile } from './statistics'

const CALLS = 20
const SAMPLE_MS = 20

const firstPacketMs = async (page: Page): Promise<number | undefined> =>
  (await samplesOf(page)).find(({ received }) => received > 0)?.atMs

export interface FirstPackets {
  /** Later of the two pages, in milliseconds after the accept. */
  readonly delaysMs: readonly number[]
  readonly p50Ms: number
  readonly p95Ms: number
}

/** @returns `undefined` if Chromium or coturn is not installed */
export async function measureFirstPackets(
  say: (line: string) => void,
): Promise<FirstPackets | undefined> {
  if (!hasBrowser || !hasCoturn) return undefined
  const storage = newStorage()
  const coturn = await createCoturn()
  await coturn.start()
  const agent = await coturn.startAgent()
  const settings = {
    RELAY_URL: agent.url,
    RELAY_KEY_ID: SECRETS.RELAY_KEY_ID,
    RELAY_TOKEN: SECRETS.RELAY_TOKEN,
    SIMULATED_CUSTOMER: 'pays',
    LIMIT_REGISTER: '1000/1h',
  }
  const flags = Object.entries(settings).flatMap(([name, value]) => ['--var', `${name}:${value}`])
  const service = await start(storage, ...flags)
  const browser = await launchBrowser()
  try {
    if (!(await said(service, 'Ready on'))) throw new Error(service.output())
    const pages = createCallPages(() => browser)
    const delaysMs: number[] = []
    while (delaysMs.length < CALLS) {
      const { caller, callee } = await pages.call(service.url, 20, { sampleMs: SAMPLE_MS })
      await press(callee, 'Accept')
      const heard: number[] = []
      for (const page of [caller, callee])
        await until('the first packet', async () => {
          const atMs = await firstPacketMs(page)
          if (atMs !== undefined) heard.push(atMs)
          return atMs !== undefined
        })
      const acceptedMs = await callee.evaluate<number>('window.acceptedMs')
      delaysMs.push(Math.max(...heard) - acceptedMs)
      await press(caller, 'Hang up')
      await heading(callee, 'Call ended')
      await Promise.all([caller.context().close(), callee.context().close()])
      say(`call ${delaysMs.length} of ${CALLS}: audio ${delaysMs.at(-1)} ms after the accept`)
    }
    return { delaysMs, p50Ms: percentile(delaysMs, 0.5), p95Ms: percentile(delaysMs, 0.95) }
  } finally {
    await browser.close()
    await kill(service)
    await agent.close()
    await coturn.remove()
    rmSync(storage, { recursive: true, force: true })
  }
}
