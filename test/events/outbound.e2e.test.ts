/**
 * Addresses are checked by their names. What a name resolves to is checked by the runtime, whose network has only
 * public addresses on Cloudflare. Here one network of workerd has the same restriction, and as a control another has none.
 */
import { lookup } from 'node:dns/promises'
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { convertV4MiniflareOptions, Miniflare } from 'miniflare'
import { build } from 'vite'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'

const ENTRY = join(import.meta.dirname, '../support/outbound-worker.ts')

const received: { readonly path: string; readonly headers: IncomingHttpHeaders }[] = []
let receiver: Server
let port = 0
let runtime: Miniflare

async function bundle(): Promise<string> {
  const built = await build({
    configFile: false,
    logLevel: 'silent',
    build: {
      write: false,
      minify: false,
      lib: { entry: ENTRY, formats: ['es'], fileName: 'worker' },
    },
  })
  const [output] = [built].flat()
  const [chunk] = output && 'output' in output ? output.output : []
  return chunk && 'code' in chunk ? chunk.code : ''
}

type Network = 'PUBLIC' | 'ANY'

async function sendVia(network: Network, url: string, ...flags: string[]): Promise<object> {
  const asked = new URL('http://worker.example/')
  for (const [name, value] of [
    ['network', network],
    ['url', url],
    ...flags.map((flag) => [flag, '']),
  ])
    asked.searchParams.set(String(name), String(value))
  const response = await runtime.dispatchFetch(asked.href)
  return (await response.json()) as object
}

/** Names of this machine that resolve to a private address, as in `/etc/hosts`. */
async function privateNames(): Promise<string[]> {
  const names = [...new Set(['localhost', hostname()])]
  const resolved = await Promise.all(
    names.map(async (name) => {
      const found = await lookup(name, 4).catch(() => undefined)
      return found && /^(?:127|10|192\.168|172\.(?:1[6-9]|2\d|3[01]))\./.test(found.address)
        ? [name]
        : []
    }),
  )
  return resolved.flat()
}

beforeAll(async () => {
  receiver = createServer((request, response) => {
    received.push({ path: request.url ?? '', headers: request.headers })
    if (request.url === '/redirect') response.writeHead(307, { location: '/secret' })
    response.end('inside')
  })
  await new Promise<void>((resolve) => receiver.listen(0, '0.0.0.0', resolve))
  ;({ port } = receiver.address() as AddressInfo)
  runtime = new Miniflare(
    convertV4MiniflareOptions({
      modules: [{ type: 'ESModule', path: 'worker.js', contents: await bundle() }],
      compatibilityDate: '2026-10-23',
      compatibilityFlags: ['global_fetch_strictly_public'],
      serviceBindings: {
        PUBLIC: { network: { allow: ['public'] } },
        ANY: { network: { allow: ['public', 'private'] } },
      },
    }),
  )
})

beforeEach(() => {
  received.length = 0
})

afterAll(async () => {
  await runtime.dispose()
  receiver.closeAllConnections()
  await new Promise((resolve) => receiver.close(resolve))
})

describe('a name that resolves to a private address', () => {
  it('is unreachable on a network with public addresses only, but not on one with all', async () => {
    const names = await privateNames()
    expect(names).toContain('localhost')
    for (const name of names) {
      const url = `http://${name}:${port}/in`
      expect(await sendVia('PUBLIC', url, 'unchecked'), name).toEqual({ status: null })
      expect(received).toEqual([])
      expect(await sendVia('ANY', url, 'unchecked'), name).toEqual({ status: 200 })
      expect(received.splice(0)).toHaveLength(1)
    }
  })

  it('is reported as unreachable by a delivery', async () => {
    const url = `http://localhost:${port}/in`
    const unreachable = { status: null, fault: 'unreachable', retryAfter: null, response: '' }
    expect(await sendVia('PUBLIC', url)).toEqual(unreachable)
    expect(received).toEqual([])
    const reached = { status: 200, fault: null, retryAfter: null, response: 'inside' }
    expect(await sendVia('ANY', url)).toEqual(reached)
    expect(received[0]?.headers).toMatchObject({
      'webhook-id': 'evt_1',
      'content-type': 'application/json',
    })
  })
})

it('The runtime does not follow a redirect to a loopback address', async () => {
  const url = `http://localhost:${port}/redirect`
  const reply = await sendVia('ANY', url)
  expect(reply).toMatchObject({ status: 307, fault: 'redirect' })
  expect(received.map(({ path }) => path)).toEqual(['/redirect'])
})
