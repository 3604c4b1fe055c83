/** Runs the service as a new developer would, in its own process group, and the `aileana` commands. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll } from 'vitest'
import { bodyOf, type ApiClient, createClient, type Wallet } from '../../client/client'

const ROOT = join(import.meta.dirname, '../..')
const NODE = join(ROOT, 'node_modules/.bin/node')
/** Generous limit: a start takes ten seconds of CPU, and tests must not depend on a machine's speed. */
const START_TIMEOUT_MS = 240_000

export const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })

export interface Service {
  readonly process: ChildProcess
  readonly url: string
  readonly output: () => string
  /** Resolves with the exit code. */
  readonly ended: Promise<number | null>
}

async function spawnService(
  [command, ...before]: readonly [string, ...string[]],
  storage: string,
  flags: readonly string[],
): Promise<Service> {
  const port = await freePort()
  const args = [...before, '--port', String(port), '--persist-to', storage, ...flags]
  const child = spawn(command, args, {
    cwd: ROOT,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let text = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (text += chunk))
  const ended = new Promise<number | null>((resolve) => child.on('exit', resolve))
  return { process: child, url: `http://localhost:${port}`, output: () => text, ended }
}

export const start = (storage: string, ...flags: string[]): Promise<Service> =>
  spawnService([NODE, 'scripts/start.ts'], storage, flags)

export const startByNpm = (storage: string, ...flags: string[]): Promise<Service> =>
  spawnService(['npm', 'start', '--'], storage, flags)

/** Resolves when no process of the service's group is left. */
export async function groupEnded(service: Service): Promise<void> {
  for (;;)
    try {
      process.kill(-(service.process.pid ?? 0), 0)
      await wait(50)
    } catch {
      return
    }
}

/** Waits for a line of the service's output, or its end. */
export const said = (service: Service, line: string): Promise<boolean> =>
  new Promise((resolve) => {
    const look = () => service.output().includes(line) && resolve(true)
    service.process.stdout?.on('data', look)
    service.process.stderr?.on('data', look)
    void service.ended.then(() => resolve(service.output().includes(line)))
    look()
  })

export async function kill(service: Service): Promise<void> {
  if (service.process.exitCode === null && service.process.pid)
    process.kill(-service.process.pid, 'SIGKILL')
  await service.ended
}

/** Sessions of operators, apart from those of the person who runs the tests. */
const sessionFile = join(tmpdir(), `aileana-sessions-${process.pid}.json`)
process.once('exit', () => rmSync(sessionFile, { force: true }))

/** Password of every operator of the commands. */
export const OPERATOR_PASSWORD = 'battery horse correct staple'

/** Runs a command of `npm run aileana` to its end. */
export const aileana = (...args: string[]) =>
  spawnSync(NODE, ['scripts/aileana.ts', ...args], {
    cwd: ROOT,
    encoding: 'utf8',
    env: { ...process.env, AILEANA_SESSION_FILE: sessionFile, OPERATOR_PASSWORD },
  })

/** Makes the first admin of a service, and logs the commands in. */
export function becomeAdmin(url: string): void {
  const named = ['--email', 'admin@example.com', '--name', 'Admin']
  const { status, stderr } = aileana('bootstrap', ...named, '--accept', '--url', url)
  if (status !== 0) throw new Error(stderr)
}

/** A service with its own storage. `restart` kills it and starts it again on that storage. */
export function useService(...flags: string[]) {
  const storage = newStorage()
  let service: Service
  const begin = async () => {
    service = await start(storage, ...flags)
    if (!(await said(service, 'Ready on'))) throw new Error(service.output())
  }
  beforeAll(begin, START_TIMEOUT_MS)
  afterAll(async () => {
    await kill(service)
    rmSync(storage, { recursive: true, force: true })
  })
  return {
    storage,
    get url() {
      return service.url
    },
    output: () => service.output(),
    async restart() {
      await kill(service)
      await begin()
    },
  }
}

let shared: Promise<Service> | undefined

/** Starts on first use. All test files of a worker share it, and the end of the worker stops it. */
async function startShared(): Promise<Service> {
  const storage = newStorage()
  const service = await start(storage, '--var', 'SIMULATED_CUSTOMER:pays')
  process.once('exit', () => {
    if (service.process.pid) process.kill(-service.process.pid, 'SIGKILL')
    rmSync(storage, { recursive: true, force: true })
  })
  if (!(await said(service, 'Ready on'))) throw new Error(service.output())
  return service
}

/** The shared service, whose simulated customer pays. Each test needs its own users. */
export function useSharedService(): { readonly url: string } {
  let url = ''
  beforeAll(async () => {
    shared ??= startShared()
    ;({ url } = await shared)
  }, START_TIMEOUT_MS)
  return {
    get url() {
      return url
    },
  }
}

export const newStorage = (): string => mkdtempSync(join(tmpdir(), 'aileana-'))

const json = { 'Content-Type': 'application/json' }

/** Notices the connections that the service closed while a command blocked this process. */
const noticeClosed = () => new Promise((resolve) => setImmediate(resolve))

export async function post(
  url: string,
  body: object,
  headers: object = {},
): Promise<Record<string, string>> {
  await noticeClosed()
  const response = await fetch(url, {
    method: 'POST',
    headers: { ...json, ...headers },
    body: JSON.stringify(body),
  })
  const answer: Record<string, string> = await response.json()
  return answer
}

/** Password of every account that `newAccount` creates. */
export const ACCOUNT_PASSWORD = 'correct horse battery'

/** Creates an account, and a logged-in client. */
export async function newAccount(url: string) {
  await noticeClosed()
  const guest = createClient({ url })
  const body = { email: `${crypto.randomUUID()}@example.com`, password: ACCOUNT_PASSWORD }
  await bodyOf(guest.POST('/users/register', { body }))
  const { access_token: accessToken } = await bodyOf(guest.POST('/auth/login', { body }))
  return {
    accessToken,
    headers: { Authorization: `Bearer ${accessToken}` },
    client: createClient({ url, token: accessToken }),
  }
}

/** Makes a payment through the gateway, which the customer pays. */
export async function topUp(
  client: ApiClient,
  amount: number,
  wallet: Wallet['type'] = 'call_credits',
): Promise<void> {
  const body = { amount, method: 'monnify', wallet } as const
  const made = await bodyOf(client.POST('/payments', { body }))
  const path = { paymentReference: made.payment_reference }
  await bodyOf(client.POST('/payments/verify/{paymentReference}', { params: { path } }))
}
