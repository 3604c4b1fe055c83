import { env, exports } from 'cloudflare:workers'
import { beforeAll, describe, expect, it } from 'vitest'
import { createApp } from '../../../src/app'
import { createDeps } from '../../../src/deps'
import { ORIGIN } from '../../support/client'

const FILE = /(?<=(?:src|href)=")[^"]*(?=")/g

const get = (url: string) => exports.default.fetch(new Request(url))

describe('the console', () => {
  let text = ''
  let files: string[] = []

  beforeAll(async () => {
    text = await (await get(`${ORIGIN}/console`)).text()
    files = text.match(FILE) ?? []
  })

  it('is a page that loads only its own script, style and icon', async () => {
    const page = await get(`${ORIGIN}/console`)
    const policy = page.headers.get('Content-Security-Policy') ?? ''
    expect(policy).toMatch(/^default-src 'none'; script-src 'self'.*; style-src 'self'; /)
    expect(policy).not.toContain('unsafe')
    expect(text).not.toMatch(/<style|style=|<script(?! type="module" crossorigin src=)/)
    const kinds = files.map((file) => /^\/console\/assets\/\w+-[\w-]{8}(\.\w+)$/.exec(file)?.[1])
    expect(new Set(kinds)).toEqual(new Set(['.css', '.js', '.svg']))
  })

  it('has files that a browser caches', async () => {
    const types = { '.js': /javascript/, '.css': /css/, '.svg': /svg/ }
    for (const [ending, type] of Object.entries(types)) {
      const asset = await get(`${ORIGIN}${files.find((file) => file.endsWith(ending))}`)
      expect(asset.status).toBe(200)
      expect(asset.headers.get('Content-Type')).toMatch(type)
      expect(asset.headers.get('Cache-Control')).toBe('public, max-age=31536000, immutable')
    }
  })

  it('serves no file of another page', async () => {
    const page = await (await get(`${ORIGIN}/api`)).text()
    const others = (page.match(FILE) ?? []).filter((file) => /^\/api\/assets\/.*s$/.test(file))
    const escapes = ['..%2f..%2fopenapi.json', '%2e%2e%2findex.html', 'index.html', 'x.js']
    for (const path of [
      ...others.map((file) => file.replace('/api/', '/console/')),
      ...escapes.map((name) => `/console/assets/${name}`),
    ])
      expect((await get(`${ORIGIN}${path}`)).status, path).toBe(404)
  })

  it('is served to loopback hosts only', async () => {
    for (const host of ['127.0.0.1:8787', '[::1]:8787'])
      expect((await get(`http://${host}/console`)).status, host).toBe(200)
    for (const host of ['calls.example', 'localhost.calls.example', '192.168.0.7'])
      for (const path of ['/console', ...files])
        expect((await get(`http://${host}${path}`)).status, `${host}${path}`).toBe(404)
  })

  it('is not served without the simulator, although its files are among the assets', async () => {
    const deps = createDeps({ ...env, MONNIFY_SIMULATOR: 'off' } as Env)
    const app = createApp(deps)
    const names = files.map((file) => file.replace('/console/assets/', ''))
    const paths = [
      '/console',
      '/console/',
      '/console/index.html',
      ...files,
      ...names.map((name) => `/${name}`),
      ...names.filter((name) => !name.endsWith('.svg')).map((name) => `/api/assets/${name}`),
      ...names.map((name) => `/api/assets/..%2f..%2fconsole%2fassets%2f${name}`),
      '/api/assets/..%2f..%2fconsole%2findex.html',
    ]
    for (const path of paths)
      expect((await app.fetch(new Request(`${ORIGIN}${path}`))).status, path).toBe(404)
  })
})
