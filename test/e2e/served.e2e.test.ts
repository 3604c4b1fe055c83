/** The service as a newcomer meets it: started by its command, on storage of its own, and played with. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const ROOT = join(import.meta.dirname, '../..')
const NODE = join(ROOT, 'node_modules/.bin/node')

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })

interface Service {
  readonly process: ChildProcess
  readonly url: string
  readonly output: () => string
  /** Resolves with the exit code. */
  readonly ended: Promise<number | null>
}

async function start(storage: string, ...flags: string[]): Promise<Service> {
  const port = await freePort()
  const args = ['src/tools/start.ts', '--port', String(port), '--persist-to', storage, ...flags]
  const child = spawn(NODE, args, { cwd: ROOT, detached: true, stdio: ['ignore', 'pipe', 'pipe'] })
  let text = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (text += chunk))
  const ended = new Promise<number | null>((resolve) => child.on('exit', resolve))
  return { process: child, url: `http://localhost:${port}`, output: () => text, ended }
}

/** Waits for a line of the service's output, or for its end. */
const said = (service: Service, line: string): Promise<boolean> =>
  new Promise((resolve) => {
    const look = () => service.output().includes(line) && resolve(true)
    service.process.stdout?.on('data', look)
    service.process.stderr?.on('data', look)
    void service.ended.then(() => resolve(service.output().includes(line)))
    look()
  })

async function kill(service: Service): Promise<void> {
  if (service.process.exitCode === null && service.process.pid)
    process.kill(-service.process.pid, 'SIGKILL')
  await service.ended
}

const demo = (url: string) =>
  spawnSync(NODE, ['src/tools/demo.ts', '--url', url], { cwd: ROOT, encoding: 'utf8' })

const json = { 'Content-Type': 'application/json' }

async function post(
  url: string,
  body: object,
  headers: object = {},
): Promise<Record<string, string>> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { ...json, ...headers },
    body: JSON.stringify(body),
  })
  const answer: Record<string, string> = await response.json()
  return answer
}

describe('the service, started by its command', () => {
  const storage = mkdtempSync(join(tmpdir(), 'aileana-'))
  let service: Service

  beforeAll(async () => {
    service = await start(storage)
    expect(await said(service, 'Ready on')).toBe(true)
  }, 60_000)

  afterAll(async () => {
    await kill(service)
    rmSync(storage, { recursive: true, force: true })
  })

  it('plays the demo, twice in a row', () => {
    for (let times = 0; times < 2; times++) {
      const { status, stdout } = demo(service.url)
      expect(stdout).toContain('That was a paid call.')
      expect(status).toBe(0)
    }
  }, 60_000)

  it('killed and started again on its storage, still has the money and the hold', async () => {
    const credentials = {
      email: `${crypto.randomUUID()}@example.com`,
      password: 'correct horse battery',
    }
    await post(`${service.url}/users/register`, credentials)
    const { access_token } = await post(`${service.url}/auth/login`, credentials)
    const headers = { Authorization: `Bearer ${access_token}` }
    const payment = await post(
      `${service.url}/payments`,
      { amount: 10, method: 'monnify' },
      headers,
    )
    await post(`${service.url}/payments/verify/${payment['payment_reference']}`, {}, headers)
    const call = await post(`${service.url}/calls`, { recipient_phone: '+2348031234567' }, headers)
    expect(call).toMatchObject({ status: 'initiated' })

    await kill(service)
    service = await start(storage)
    expect(await said(service, 'Ready on')).toBe(true)

    const wallets = await fetch(`${service.url}/wallets`, { headers })
    expect(await wallets.json()).toMatchObject([{}, { balance: 0, held: 10 }])
    const ended = await fetch(`${service.url}/calls/${call['uuid']}/end`, {
      method: 'PATCH',
      headers,
    })
    expect(await ended.json()).toMatchObject({ status: 'cancelled', cost: 0 })
    const given = await fetch(`${service.url}/wallets`, { headers })
    expect(await given.json()).toMatchObject([{}, { balance: 10, held: 0 }])
  }, 60_000)
})

describe('what does not work says why', () => {
  it('the demo, when nothing is served', async () => {
    const { status, stderr } = demo(`http://localhost:${await freePort()}`)
    expect(status).toBe(1)
    expect(stderr).toContain('npm start')
  })

  it('S9: a short secret, which stops the start', async () => {
    const storage = mkdtempSync(join(tmpdir(), 'aileana-'))
    const service = await start(storage, '--var', 'JWT_SECRET:short')
    expect(await said(service, 'JWT_SECRET must have at least 32 bytes')).toBe(true)
    expect(service.output()).not.toContain('Ready on')
    await kill(service)
    rmSync(storage, { recursive: true, force: true })
  }, 60_000)
})
