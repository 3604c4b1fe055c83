/** Builds the page of a call with a fake session, and serves it under the policy that it needs. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { build } from 'vite'
import { afterAll, beforeAll } from 'vitest'

const ROOT = join(import.meta.dirname, '../../..')
const FAKE = join(import.meta.dirname, 'fake-create.ts')

/** Allows nothing inline and nothing from other origins. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
  "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"

const TYPES: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript',
  css: 'text/css',
  svg: 'image/svg+xml',
}

async function bundle(): Promise<Map<string, string | Uint8Array>> {
  const built = await build({
    root: join(ROOT, 'web'),
    configFile: false,
    publicDir: false,
    logLevel: 'warn',
    plugins: [
      {
        name: 'fake-session',
        enforce: 'pre',
        resolveId: (id: string) => (id === './session/create' ? FAKE : null),
      },
    ],
    build: {
      write: false,
      target: 'es2022',
      assetsDir: 'call/assets',
      assetsInlineLimit: 0,
      modulePreload: false,
      rolldownOptions: { input: join(ROOT, 'web/call/index.html') },
    },
  })
  if (Array.isArray(built) || !('output' in built)) throw new Error('The page was not built.')
  return new Map(
    built.output.map((file) => [
      file.fileName === 'call/index.html' ? '/call' : `/${file.fileName}`,
      file.type === 'chunk' ? file.code : file.source,
    ]),
  )
}

export function useBuiltPage() {
  const page = { url: '' }
  let files = new Map<string, string | Uint8Array>()
  const server = createServer((request, response) => {
    const path = request.url?.replace(/\?.*/, '') ?? ''
    const content = files.get(path)
    if (content === undefined) return void response.writeHead(404).end()
    const type = path === '/call' ? 'html' : (path.split('.').at(-1) ?? '')
    response.setHeader('Content-Type', TYPES[type] ?? 'application/octet-stream')
    response.setHeader('Content-Security-Policy', POLICY)
    response.end(content)
  })

  beforeAll(async () => {
    files = await bundle()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    page.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/call`
  }, 60_000)

  afterAll(() => server.close())

  return page
}
