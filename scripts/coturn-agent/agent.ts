/** The agent: the HTTP server and the sweeps beside one coturn. */
import { once } from 'node:events'
import { setTimeout as wait } from 'node:timers/promises'
import { createCommandLine } from './command-line.ts'
import { createEnforcement } from './enforcement.ts'
import { type Log, logLine } from './log.ts'
import { RevokedUsernames } from './revoked.ts'
import { createAgentServer } from './server.ts'
import type { Secrets } from './settings.ts'

const SWEEP_INTERVAL_MS = 5000

export interface AgentOptions {
  readonly secrets: Secrets
  /** TURN URLs of the coturn, for browsers. */
  readonly urls: readonly string[]
  readonly host: string
  /** 0 for any free port. */
  readonly port: number
  readonly cliPort: number
  readonly revokedFile: string
  readonly now?: () => number
  readonly log?: Log
}

export interface Agent {
  /** URL for `RELAY_URL`. */
  readonly url: string
  /** Sweeps now. @returns the number of cancelled sessions */
  sweep(): Promise<number>
  close(): Promise<void>
}

/** @throws an error if the file of revoked usernames or the port cannot be used */
export async function startAgent({
  secrets,
  urls,
  host,
  port,
  cliPort,
  revokedFile,
  now = Date.now,
  log = logLine,
}: AgentOptions): Promise<Agent> {
  const revoked = new RevokedUsernames(revokedFile, now())
  const commandLine = createCommandLine({ port: cliPort, password: secrets.COTURN_CLI_PASSWORD })
  const enforcement = createEnforcement({ commandLine, revoked, now })
  const server = createAgentServer({ secrets, urls, enforcement, now, log })
  const stop = new AbortController()
  let failure: string | undefined

  /** Logs the first of equal failures, and the recovery. */
  async function sweepAndLog(): Promise<void> {
    try {
      const sessions = await enforcement.sweep()
      if (sessions > 0) log('sessions_cancelled', { sessions })
      if (failure !== undefined) log('sweep_recovered')
      failure = undefined
    } catch (error) {
      const reason = error instanceof Error ? error.message : 'unknown'
      if (reason !== failure && !stop.signal.aborted) log('sweep_failed', { reason })
      failure = reason
    }
  }

  async function sweepUntilStopped(): Promise<void> {
    while (!stop.signal.aborted) {
      await wait(SWEEP_INTERVAL_MS, undefined, { signal: stop.signal }).catch(() => undefined)
      if (!stop.signal.aborted) await sweepAndLog()
    }
  }

  server.listen(port, host)
  await once(server, 'listening')
  await sweepAndLog()
  const sweeping = sweepUntilStopped()
  const address = server.address()
  const boundPort = typeof address === 'object' && address ? address.port : port

  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${boundPort}`,
    sweep: () => enforcement.sweep(),
    async close() {
      stop.abort()
      commandLine.close()
      server.close()
      server.closeAllConnections()
      await sweeping
    },
  }
}
