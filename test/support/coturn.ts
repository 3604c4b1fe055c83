/** Runs Debian's coturn on loopback with free ports, and the agent beside it. */
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { createConnection } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { type Agent, startAgent } from '../../scripts/coturn-agent/agent'
import { freePort } from './served'

const TURNSERVER = process.env['TURNSERVER'] ?? '/usr/bin/turnserver'
const START_MS = 20_000

export const hasCoturn = existsSync(TURNSERVER)

export const SECRETS = {
  COTURN_AUTH_SECRET: 'n3Kf8sQz1LxW7vBt5RmY2cHj9DgP4eUa',
  COTURN_CLI_PASSWORD: 'Zt6Qb1Xn8Wc3Vm5Lk9Jh2Gf7Dp4Sa0Re',
  RELAY_KEY_ID: 'lagos-1',
  RELAY_TOKEN: 'q7Vd2mXw9LrT4bYz8NcJ5hKs1PfG6uAe3RtWxQ0o',
}

/** Polls until `condition` holds. @throws an error after `limitMs` */
export async function until(
  what: string,
  condition: () => boolean | Promise<boolean>,
  limitMs = START_MS,
): Promise<void> {
  const endMs = Date.now() + limitMs
  while (!(await condition())) {
    if (Date.now() > endMs) throw new Error(`${what}: not within ${limitMs} ms`)
    await wait(50)
  }
}

const isOpen = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = createConnection({ host: '127.0.0.1', port })
    socket.on('connect', () => resolve(true)).on('error', () => resolve(false))
    socket.on('close', () => resolve(false))
    socket.on('connect', () => socket.destroy())
  })

export interface Coturn {
  readonly port: number
  readonly cliPort: number
  /** Folder for files of the test. */
  readonly folder: string
  start(): Promise<void>
  stop(): Promise<void>
  /** Starts an agent that sweeps beside this coturn. */
  startAgent(options?: { readonly now?: () => number }): Promise<Agent>
  remove(): Promise<void>
}

export async function createCoturn(): Promise<Coturn> {
  const folder = mkdtempSync(join(tmpdir(), 'aileana-coturn-'))
  const [port, cliPort] = await Promise.all([freePort(), freePort()])
  const flags = {
    'listening-ip': '127.0.0.1',
    'listening-port': port,
    'relay-ip': '127.0.0.1',
    'min-port': 40_000,
    'max-port': 49_999,
    realm: 'aileana.test',
    'static-auth-secret': SECRETS.COTURN_AUTH_SECRET,
    'cli-ip': '127.0.0.1',
    'cli-port': cliPort,
    'cli-password': SECRETS.COTURN_CLI_PASSWORD,
    'log-file': join(folder, 'coturn.log'),
    pidfile: join(folder, 'coturn.pid'),
    userdb: join(folder, 'coturn.db'),
  }
  const switches = ['use-auth-secret', 'no-tls', 'no-dtls', 'allow-loopback-peers', 'simple-log']
  /** Without `-n`, coturn also reads the configuration of the machine. */
  const args = [
    '-n',
    ...switches.map((name) => `--${name}`),
    ...Object.entries(flags).map(([name, value]) => `--${name}=${value}`),
  ]
  let child: ChildProcess | undefined

  async function stop(): Promise<void> {
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    const ended = new Promise((resolve) => child?.once('exit', resolve))
    child.kill('SIGKILL')
    await ended
  }

  return {
    port,
    cliPort,
    folder,
    stop,
    async start() {
      child = spawn(TURNSERVER, args, { cwd: folder, stdio: 'ignore' })
      await until('coturn listens', () => isOpen(cliPort))
    },
    startAgent: (options = {}) =>
      startAgent({
        secrets: SECRETS,
        urls: [`turn:127.0.0.1:${port}?transport=udp`],
        host: '127.0.0.1',
        port: 0,
        cliPort,
        revokedFile: join(folder, 'revoked.txt'),
        log: () => undefined,
        ...options,
      }),
    async remove() {
      await stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
