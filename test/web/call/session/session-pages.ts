/** Two pages in Chromium, each with nothing but a session of a call, in front of a fake room. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { build } from 'vite'
import { afterAll, afterEach, beforeAll } from 'vitest'
import { until } from '../../../support/coturn'
import { useBrowser } from '../../../support/browser'
import { FakeRoom } from './fake-room'

const ENTRY = join(import.meta.dirname, '../../../../web/call/session/create.ts')

/** Creates the session, and records the connections of the page. */
const START = `
  const Original = RTCPeerConnection
  window.connections = []
  window.RTCPeerConnection = class extends Original {
    constructor(configuration) {
      super(configuration)
      window.connections.push(this)
    }
  }
  const { createCallSession } = await import('/session.js')
  window.session = createCallSession({ origin: location.origin, callUuid: 'call', token: 'token' })
  window.session.start()
`

async function bundle(): Promise<string> {
  const built = await build({
    configFile: false,
    logLevel: 'warn',
    build: { write: false, target: 'es2022', lib: { entry: ENTRY, formats: ['es'] } },
  })
  const [first] = Array.isArray(built) ? built : []
  const chunk = first?.output.find((file) => file.type === 'chunk')
  if (!chunk) throw new Error('The session was not built.')
  return chunk.code
}

export interface Statistics {
  readonly received: number
  readonly lost: number
  readonly sent: number
}

/** Packets of the connection that the page uses. */
export const statisticsOf = (page: Page): Promise<Statistics> =>
  page.evaluate(`(async () => {
    const stats = [...(await window.connections.at(-1).getStats()).values()]
    const of = (type) => stats.find((stat) => stat.type === type) ?? {}
    return {
      received: of('inbound-rtp').packetsReceived ?? 0,
      lost: of('inbound-rtp').packetsLost ?? 0,
      sent: of('outbound-rtp').packetsSent ?? 0,
    }
  })()`)

/** Waits until the page receives ten more packets. */
export async function hears(page: Page): Promise<void> {
  const receivedBy = async () => {
    if ((await page.evaluate('window.connections?.length ?? 0')) === 0) return 0
    return (await statisticsOf(page)).received
  }
  let before = await receivedBy()
  await until('the page hears its peer', async () => {
    const received = await receivedBy()
    before = Math.min(before, received)
    return received > before + 10
  })
}

export interface Call {
  readonly room: FakeRoom
  readonly caller: Page
  readonly callee: Page
}

export function useSessions() {
  const { complaints, open } = useBrowser({ hasMicrophone: true })
  const pages: Page[] = []
  let script = ''
  const server = createServer((request, response) => {
    const isScript = request.url === '/session.js'
    response.setHeader('Content-Type', isScript ? 'text/javascript' : 'text/html')
    response.end(
      isScript
        ? script
        : `<!doctype html><title>Call</title><script type="module">${START}</script>`,
    )
  })
  const address = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`

  beforeAll(async () => {
    script = await bundle()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  }, 60_000)
  afterAll(() => server.close())
  afterEach(() => Promise.all(pages.splice(0).map((page) => page.close())))

  async function seat(room: FakeRoom, name: 'caller' | 'callee'): Promise<Page> {
    const page = await open('about:blank')
    pages.push(page)
    await room.seat(page, name)
    await page.goto(address())
    await page.waitForFunction('window.session?.getState().view')
    await page.evaluate('window.session.turnOnMicrophone()')
    return page
  }

  /** Opens both pages, before the answer. */
  async function ring(): Promise<Call> {
    const room = new FakeRoom()
    return { room, caller: await seat(room, 'caller'), callee: await seat(room, 'callee') }
  }

  async function talk(): Promise<Call> {
    const call = await ring()
    call.room.beginEpoch()
    await until('both seats are connected', () => Promise.resolve(call.room.isLive))
    await Promise.all([hears(call.caller), hears(call.callee)])
    return call
  }

  return { complaints, ring, talk }
}

/** Loads the page anew, as a user does who reloads it. */
export async function reload(page: Page): Promise<void> {
  await page.reload()
  await page.waitForFunction('window.session?.getState().view')
  await page.evaluate('window.session.turnOnMicrophone()')
}
