/** The page of the back office. */
import { Hono } from 'hono'
import { describe, expect, it } from 'vitest'
import { deskPage } from '../../../src/http/public-pages'
import { worldWith } from '../../support/gateway'

const PAGE = '<!doctype html><title>Back office</title>'

/** Assets with a built page. */
const assets = {
  fetch: async (input: RequestInfo | URL) => {
    const { pathname } = new URL(input instanceof Request ? input.url : String(input))
    if (pathname === '/desk/index.html') return new Response(PAGE)
    if (pathname === '/desk/assets/main.a1b2.js') return new Response('1')
    return new Response(null, { status: 404 })
  },
} as Fetcher

const app = new Hono().route('/desk', deskPage(assets))

describe('the page of the back office', () => {
  it('runs own scripts only, in no frame, and is not stored', async () => {
    const { status, headers } = await app.request('https://api.example.com/desk')
    expect(status).toBe(200)
    const policy = headers.get('Content-Security-Policy') ?? ''
    for (const directive of [
      "default-src 'none'",
      "script-src 'self'",
      "connect-src 'self'",
      "frame-ancestors 'none'",
      "form-action 'none'",
      "base-uri 'none'",
    ])
      expect(policy.split('; ')).toContain(directive)
    expect(policy).not.toContain('unsafe')
    expect(headers.get('Cache-Control')).toBe('no-store')
    expect(headers.get('Referrer-Policy')).toBe('no-referrer')
  })

  it('has its files beside it', async () => {
    expect((await app.request('https://api.example.com/desk/assets/main.a1b2.js')).status).toBe(200)
    expect((await app.request('https://api.example.com/desk/assets/other.js')).status).toBe(404)
  })

  it('is served by the service, also without the simulator', async () => {
    const { fetch } = worldWith({ simulator: undefined, assets })
    const response = await fetch(new Request('http://localhost:8787/desk'))
    expect([response.status, await response.text()]).toEqual([200, PAGE])
  })
})
