/** Where the console is, and where it is not. */
import { env, exports } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { createApp } from '../../../src/app'
import { createDeps } from '../../../src/deps'
import { ORIGIN } from '../../support/client'

const ASSETS = ['console.js', 'console.css', 'console.svg']
const PATHS = ['/console', ...ASSETS.map((name) => `/console/${name}`)]

const get = (url: string) => exports.default.fetch(new Request(url))

describe('the console', () => {
  it('is a page that loads its own script and style, and nothing else', async () => {
    const page = await get(`${ORIGIN}/console`)
    const policy = page.headers.get('Content-Security-Policy') ?? ''
    expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self'")
    expect(policy).not.toContain('unsafe')
    const text = await page.text()
    expect(text).not.toMatch(/<style|style=|<script(?! type="module" src="\/console\/console\.js")/)
    const linked = [...text.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, address]) => address)
    expect(new Set(linked)).toEqual(new Set(ASSETS.map((name) => `/console/${name}`)))
  })

  it.each([
    ['console.js', /javascript/],
    ['console.css', /css/],
    ['console.svg', /svg/],
  ])('has its %s', async (name, type) => {
    const asset = await get(`${ORIGIN}/console/${name}`)
    expect(asset.status).toBe(200)
    expect(asset.headers.get('Content-Type')).toMatch(type)
  })

  it('has nothing else', async () => {
    for (const path of [
      '/console/swagger-ui.css',
      '/console/consoleXjs',
      '/console/../console.jsx',
    ])
      expect((await get(`${ORIGIN}${path}`)).status, path).toBe(404)
  })

  it('is for loopback hosts only', async () => {
    for (const host of ['127.0.0.1:8787', '[::1]:8787'])
      expect((await get(`http://${host}/console`)).status, host).toBe(200)
    for (const host of ['calls.example', 'localhost.calls.example', '192.168.0.7'])
      for (const path of PATHS)
        expect((await get(`http://${host}${path}`)).status, `${host}${path}`).toBe(404)
  })

  it('is not there where Monnify is not simulated, though its assets are', async () => {
    const deps = createDeps({ ...env, MONNIFY_SIMULATOR: 'off' } as Env)
    const app = createApp(deps)
    for (const path of [...PATHS, ...ASSETS.map((name) => `/${name}`), '/api/assets/console.js'])
      expect((await app.fetch(new Request(`${ORIGIN}${path}`))).status, path).toBe(404)
  })
})
