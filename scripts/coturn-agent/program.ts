/** Flags and help of the agent. */
import { env } from 'node:process'
import { type Command, InvalidArgumentError, Option } from 'commander'
import { isTurn, usableUrls } from '../../src/rooms/relay/urls.ts'
import { createProgram, fail } from '../cli/program.ts'
import type { Agent } from './agent.ts'
import { readSecrets } from './settings.ts'

const HELP = `
Secrets are read from the environment, each with at least 32 random bytes:
  COTURN_AUTH_SECRET   coturn's static-auth-secret
  COTURN_CLI_PASSWORD  coturn's cli-password
  RELAY_KEY_ID         the service's RELAY_KEY_ID: 1 to 64 letters, digits, _ or -
  RELAY_TOKEN          the service's RELAY_TOKEN

docs/relay.md explains how to run coturn with it.`

interface Flags {
  readonly urls: readonly string[]
  readonly host: string
  readonly port: number
  readonly cliPort: number
  readonly revokedFile: string
}

function portOf(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0
  if (port >= 1 && port <= 65_535) return port
  throw new InvalidArgumentError('It must be a port number from 1 to 65535.')
}

function urlsOf(text: string): string[] {
  const urls = text.split(/[\s,]+/).filter(Boolean)
  const usable = usableUrls(urls)
  const bad = urls.find((url) => !usable.includes(url))
  if (bad !== undefined) throw new InvalidArgumentError(`A browser cannot use ${bad}.`)
  if (usable.some(isTurn)) return usable
  throw new InvalidArgumentError('It must have a URL such as turn:turn.example.com:3478.')
}

const OPTIONS = (): Option[] => [
  new Option('--urls <urls>', "coturn's URLs for browsers, separated by commas")
    .env('COTURN_URLS')
    .argParser(urlsOf)
    .makeOptionMandatory(),
  new Option('--host <address>', 'address to listen on').env('AGENT_HOST').default('127.0.0.1'),
  new Option('--port <port>', 'port to listen on')
    .env('AGENT_PORT')
    .default(8790)
    .argParser(portOf),
  new Option('--cli-port <port>', "port of coturn's command line on 127.0.0.1")
    .env('COTURN_CLI_PORT')
    .default(5766)
    .argParser(portOf),
  new Option('--revoked-file <file>', 'file that keeps revoked usernames over a restart')
    .env('AGENT_REVOKED_FILE')
    .default('coturn-agent-revoked.txt'),
]

async function run(flags: Flags): Promise<void> {
  const secrets = readSecrets(env)
  if (typeof secrets === 'string') return fail(secrets)
  const [{ startAgent }, { logLine }] = await Promise.all([
    import('./agent.ts'),
    import('./log.ts'),
  ])
  const started = await startAgent({ ...flags, secrets }).catch((error: unknown) =>
    fail(`The agent cannot start: ${error instanceof Error ? error.message : 'unknown error'}`, 1),
  )
  logLine('agent_started', { url: started.url })
  await stopped(started)
}

const stopped = (agent: Agent): Promise<void> =>
  new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const)
      process.once(signal, () => void agent.close().then(resolve))
  })

export function createCoturnAgent(): Command {
  const program = createProgram(
    'coturn-agent',
    'Issue and revoke the relay credentials of a coturn on this machine',
  )
  for (const option of OPTIONS()) program.addOption(option)
  return program.addHelpText('after', HELP).action(run)
}
