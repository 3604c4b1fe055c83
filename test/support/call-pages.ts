/** Pages of real calls in a browser with fake devices. The page itself is driven by its own buttons. */
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll } from 'vitest'
import { bodyOf } from '../../client/client'
import { FAKE_MICROPHONE } from './browser'
import { until } from './coturn'
import { newAccount, topUp } from './served'

const CHROMIUM = process.env['CHROMIUM'] ?? '/usr/bin/chromium'
const ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  ...FAKE_MICROPHONE,
  '--autoplay-policy=no-user-gesture-required',
]

/** Records each connection of the page, and samples what it receives. */
const RECORD = `
  const Original = RTCPeerConnection
  window.connections = []
  window.samples = []
  window.RTCPeerConnection = class extends Original {
    constructor(configuration) {
      super(window.forcePolicy ? { ...configuration, iceTransportPolicy: window.forcePolicy } : configuration)
      window.connections.push(this)
    }
    setConfiguration(configuration) {
      super.setConfiguration(window.forcePolicy ? { ...configuration, iceTransportPolicy: window.forcePolicy } : configuration)
    }
    close() { if (!window.ignoresEnd) super.close() }
  }
  const stopTrack = MediaStreamTrack.prototype.stop
  MediaStreamTrack.prototype.stop = function () { if (!window.ignoresEnd) stopTrack.call(this) }
  const sendOnSocket = WebSocket.prototype.send
  WebSocket.prototype.send = function (data) {
    if (data === '{"type":"accept"}') window.acceptedMs = Date.now()
    if (!window.stopsPinging || data !== 'ping') return sendOnSocket.call(this, data)
    setTimeout(() => this.dispatchEvent(new MessageEvent('message', { data: 'pong' })))
  }
  setInterval(async () => {
    const connection = window.connections.at(-1)
    if (!connection) return
    for (const stat of (await connection.getStats()).values())
      if (stat.type === 'inbound-rtp')
        window.samples.push({ atMs: Date.now(), received: stat.packetsReceived, lost: stat.packetsLost })
  }, window.sampleMs ?? 200)
`

export interface Sample {
  readonly atMs: number
  readonly received: number
  readonly lost: number
}

export interface Trick {
  /** Offers candidates of the machine itself. */
  readonly offersHosts?: true
  /** Time between two samples. */
  readonly sampleMs?: number
  /** Keeps the connection and the microphone after the end. */
  readonly ignoresEnd?: true
}

export const samplesOf = (page: Page): Promise<Sample[]> => page.evaluate('window.samples')

/** Instant of the last packet that the page received. */
export async function lastPacketMs(page: Page): Promise<number> {
  const samples = await samplesOf(page)
  const last = samples.at(-1)?.received ?? 0
  return samples.find(({ received }) => received === last)?.atMs ?? 0
}

/** Waits until the page receives packets. */
export async function hearing(page: Page): Promise<void> {
  const receivedBy = async () => (await samplesOf(page)).at(-1)?.received ?? 0
  const before = await receivedBy()
  await until('the page hears its peer', async () => (await receivedBy()) > before + 10)
}

export const press = (page: Page, name: string | RegExp): Promise<void> =>
  page.getByRole('button', { name }).click({ timeout: 20_000 })

export const heading = (page: Page, name: string | RegExp): Promise<void> =>
  page.getByRole('heading', { level: 1, name }).waitFor({ timeout: 60_000 })

export type Account = Awaited<ReturnType<typeof newAccount>>

export interface TwoPages {
  readonly account: Account
  readonly uuid: string
  readonly caller: Page
  readonly callee: Page
}

export interface CallPages {
  /** A funded user starts a call, invites the callee, and both open their pages. */
  readonly call: (url: string, naira: number, trick?: Trick) => Promise<TwoPages>
  /** The callee accepts, and both hear each other. */
  readonly talk: (url: string, naira: number, trick?: Trick) => Promise<TwoPages>
}

export const launchBrowser = (): Promise<Browser> =>
  chromium.launch({ executablePath: CHROMIUM, args: ARGS })

export function createCallPages(browser: () => Browser): CallPages {
  async function open(url: string, { offersHosts, ignoresEnd, sampleMs }: Trick): Promise<Page> {
    const context = await browser().newContext({
      viewport: { width: 400, height: 800 },
      reducedMotion: 'reduce',
    })
    const page = await context.newPage()
    const tricks = `window.forcePolicy = ${offersHosts ? "'all'" : 'undefined'}; window.ignoresEnd = ${ignoresEnd === true}; window.sampleMs = ${sampleMs}`
    await page.addInitScript(`${tricks};${RECORD}`)
    await page.goto(url)
    return page
  }

  async function call(url: string, naira: number, trick: Trick = {}): Promise<TwoPages> {
    const account = await newAccount(url)
    await topUp(account.client, naira)
    const body = { recipient_phone: '+2348031234567', recipient_name: 'Ngozi' }
    const started = await bodyOf(account.client.POST('/calls', { body }))
    const { uuid } = started
    const path = { uuid }
    const invited = await bodyOf(
      account.client.POST('/calls/{uuid}/invitation', { params: { path }, body: {} }),
    )
    const token = new URL(started.signaling_url).searchParams.get('ticket') ?? ''
    const [caller, callee] = await Promise.all([
      open(`${url}/call#${uuid}/${token}&access_token=${account.accessToken}`, trick),
      open(invited.url, trick),
    ])
    return { account, uuid, caller, callee }
  }

  async function talk(url: string, naira: number, trick?: Trick): Promise<TwoPages> {
    const pages = await call(url, naira, trick)
    const { caller, callee } = pages
    await press(callee, 'Accept')
    await Promise.all([hearing(caller), hearing(callee)])
    return pages
  }

  return { call, talk }
}

export function useCallPages(): CallPages {
  let browser: Browser
  beforeAll(async () => {
    browser = await launchBrowser()
  }, 60_000)
  afterAll(() => browser?.close())
  return createCallPages(() => browser)
}
