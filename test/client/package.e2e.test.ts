/**
 * The package as a stranger's project gets it: packed, unpacked into an empty project, compiled under both
 * resolutions, and run. The examples in other languages run where their runtime is installed.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hasBrowser, useBrowser } from '../support/browser'
import { packClient } from '../support/packed-client'
import { newAccount, topUp, useSharedService } from '../support/served'

const ROOT = join(import.meta.dirname, '../..')
const CLIENT = join(ROOT, 'client')
const NODE = join(ROOT, 'node_modules/.bin/node')
const TSC = join(CLIENT, 'node_modules/typescript/bin/tsc')
const PYTHON = '/usr/bin/python3'
const PHP = '/usr/bin/php'

const PAID_CALL = [
  'The request needs 10.00 NGN, but only 0.00 NGN is available.',
  'state: initiated, 10 NGN',
  'answered: answered, 10 NGN',
  'ended: completed, 1 NGN',
  'call_charge: -1 NGN',
  'top_up: 50 NGN',
]

const hasPython = existsSync(PYTHON) && spawnSync(PYTHON, ['-c', 'import websockets']).status === 0

const service = useSharedService()
let project: string

beforeAll(() => {
  project = packClient()
}, 120_000)

afterAll(() => rmSync(project, { recursive: true, force: true }))

const run = (command: string, ...args: string[]): string[] =>
  execFileSync(command, args, { cwd: project, encoding: 'utf8' }).trim().split('\n')

describe('the packed client', () => {
  it.each([
    ['bundler', 'esnext'],
    ['nodenext', 'nodenext'],
  ])('compiles in strict TypeScript 5.9 with the resolution %s', (moduleResolution, module) => {
    const strict = ['--strict', '--exactOptionalPropertyTypes', '--noUncheckedIndexedAccess']
    const flags = ['--noEmit', '--target', 'es2023', '--lib', 'es2023', '--types', 'node']
    const resolution = ['--moduleResolution', moduleResolution, '--module', module]
    const files = ['paid-call.ts', 'routes.ts', 'receive-webhooks.ts']
    const compiled = spawnSync(NODE, [TSC, ...strict, ...flags, ...resolution, ...files], {
      cwd: project,
      encoding: 'utf8',
    })
    expect(compiled.stdout).toBe('')
    expect(compiled.status).toBe(0)
  })

  it('does not compile a request that the service rejects', () => {
    writeFileSync(
      join(project, 'wrong.ts'),
      `import { createClient } from '@aileana/client'
       await createClient({ url: '' }).POST('/payments', { body: { amount: '5', method: 'monnify' } })`,
    )
    const flags = ['--noEmit', '--strict', '--target', 'es2023', '--module', 'nodenext']
    const compiled = spawnSync(NODE, [TSC, ...flags, 'wrong.ts'], {
      cwd: project,
      encoding: 'utf8',
    })
    expect(compiled.stdout).toContain("Type 'string' is not assignable to type 'number'")
  })

  it('imports nothing of Node and nothing of browsers', () => {
    const dist = join(project, 'node_modules/@aileana/client/dist')
    const sources = run('find', dist, '-name', '*.js').map((path) => readFileSync(path, 'utf8'))
    const imports = new Set(
      sources.flatMap((text) => [...text.matchAll(/from '([^.'][^']*)'/g)].map(([, name]) => name)),
    )
    expect(imports).toEqual(new Set(['ky', 'openapi-fetch', 'standardwebhooks']))
    const verifiers = sources.filter((text) => text.includes("'standardwebhooks'"))
    expect(verifiers).toEqual([readFileSync(join(dist, 'webhooks.js'), 'utf8')])
    expect(sources.join('\n')).not.toContain("'./webhooks.js'")
    expect(sources.join('\n')).not.toMatch(/\b(?:window|document|process|Buffer)\./)
  })

  it('makes a paid call and receives its events', () => {
    expect(run(NODE, 'paid-call.ts', service.url)).toEqual(PAID_CALL)
  })

  it("types Hono's client", async () => {
    const { client, accessToken } = await newAccount(service.url)
    await topUp(client, 25)
    expect(run(NODE, 'routes.ts', service.url, accessToken)).toEqual(['25'])
  })
})

describe('the examples in other languages', () => {
  it.runIf(hasPython)('make a paid call in Python', () => {
    expect(run(PYTHON, 'paid_call.py', service.url)).toEqual(PAID_CALL)
  })

  it.runIf(existsSync(PHP))('make a paid call in PHP', () => {
    expect(run(PHP, 'paid_call.php', service.url)).toEqual(PAID_CALL)
  })
})

describe.runIf(hasBrowser)('the example for browsers', () => {
  const { complaints, open } = useBrowser()
  const types: Record<string, string> = { '.html': 'text/html', '.js': 'text/javascript' }
  const pages = createServer(({ url = '/' }, response) => {
    const { pathname } = new URL(url, 'http://localhost')
    const path = join(project, pathname)
    if (!existsSync(path)) return response.writeHead(404).end()
    const type = types[extname(path)] ?? 'text/javascript'
    return response.writeHead(200, { 'Content-Type': type }).end(readFileSync(path))
  })
  beforeAll(() => new Promise<void>((resolve) => pages.listen(0, '127.0.0.1', resolve)))
  afterAll(() => pages.close())

  it('makes a paid call from a page of another origin, without a bundler', async () => {
    const { port } = pages.address() as AddressInfo
    const page = await open(`http://127.0.0.1:${port}/paid-call.html?url=${service.url}`)
    await page.getByText('ended: completed, 1 NGN').waitFor()
    expect((await page.locator('pre').innerText()).trim().split('\n')).toEqual(
      PAID_CALL.slice(1, 4),
    )
    expect(complaints).toEqual([])
  })
})
