/** The relay's client, the coturn agent and Debian's coturn, on loopback. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { Agent } from '../../../scripts/coturn-agent/agent'
import { createCommandLine } from '../../../scripts/coturn-agent/command-line'
import { parseUsernames } from '../../../scripts/coturn-agent/sessions'
import { createRelay } from '../../../src/rooms/relay/client'
import { type Coturn, createCoturn, hasCoturn, SECRETS, until } from '../../support/coturn'
import { valueOf } from '../../support/result'
import { freePort } from '../../support/served'
import { createTurnClient, type TurnCredential } from '../../support/turn-client'

const ROOT = join(import.meta.dirname, '../../..')
const NODE = join(ROOT, 'node_modules/.bin/node')
const LAUNCHER = join(ROOT, 'scripts/run.mjs')
const PROGRAM = join(ROOT, 'scripts/coturn-agent.ts')
const CALL = '0198c0de-0000-7000-8000-000000000001'
/** The username has expired, or the password is wrong. */
const UNAUTHENTICATED = 401
/** The username is valid, but there is no allocation (RFC 8656 section 19). */
const NO_ALLOCATION = 437

/** The reporter hides console messages of tests that did not fail. */
if (!hasCoturn) process.stderr.write('no turnserver: apt-get install coturn, to run its tests\n')

describe.runIf(hasCoturn)('a coturn with the agent', () => {
  let coturn: Coturn
  let agent: Agent
  let aheadMs = 0
  const now = () => Date.now() + aheadMs
  const opened: ReturnType<typeof createTurnClient>[] = []

  beforeAll(async () => {
    coturn = await createCoturn()
    await coturn.start()
    agent = await coturn.startAgent({ now })
  }, 60_000)

  afterEach(() => {
    aheadMs = 0
    for (const client of opened.splice(0)) client.close()
  })

  afterAll(async () => {
    await agent?.close()
    await coturn?.remove()
  })

  const relay = (baseUrl = agent.url) =>
    createRelay({
      baseUrl,
      keyId: SECRETS.RELAY_KEY_ID,
      token: SECRETS.RELAY_TOKEN,
      fetch: (request) => fetch(request),
      now: Date.now,
    })

  const issue = async (ttlSeconds = 60) =>
    valueOf(await relay().issue({ callUuid: CALL, seat: 'caller', ttlSeconds }))

  const clientWith = (credential: TurnCredential) => {
    const client = createTurnClient(coturn.port, credential)
    opened.push(client)
    return client
  }

  async function allocated(credential: TurnCredential) {
    const client = clientWith(credential)
    expect(await client.allocate()).toBe(0)
    await until('the session is listed', async () => (await listed()).includes(credential.username))
    return client
  }

  async function listed(): Promise<string[]> {
    const line = createCommandLine({
      port: coturn.cliPort,
      password: SECRETS.COTURN_CLI_PASSWORD,
    })
    try {
      return parseUsernames(await line.run('pu'))
    } finally {
      line.close()
    }
  }

  const gone = ({ username }: TurnCredential, limitMs = 5000) =>
    until('the session is cancelled', async () => !(await listed()).includes(username), limitMs)

  it('accepts an issued credential, and rejects another password', async () => {
    const credential = await issue()
    expect(credential.urls).toEqual([`turn:127.0.0.1:${coturn.port}?transport=udp`])
    expect(credential.username).toContain(`:${CALL}/caller/`)
    const client = await allocated(credential)
    expect(await client.refresh()).toBe(0)
    expect(await clientWith({ ...credential, credential: 'wrong' }).allocate()).toBe(
      UNAUTHENTICATED,
    )
  })

  it('ends the allocations of a revoked credential, and no other', async () => {
    const [revoked, other] = await Promise.all([issue(), issue()])
    const clients = [await allocated(revoked), await allocated(revoked)]
    const otherClient = await allocated(other)
    expect(await relay().revoke(revoked.username)).toEqual({ ok: true, value: null })
    await gone(revoked)
    for (const client of clients) expect(await client.refresh()).toBe(NO_ALLOCATION)
    expect(await otherClient.refresh()).toBe(0)
    expect(await listed()).toContain(other.username)
  })

  it('accepts a second revocation, and one of a credential that was never used', async () => {
    const { username } = await issue()
    for (const _ of [1, 2])
      expect(await relay().revoke(username)).toEqual({ ok: true, value: null })
  })

  it('ends the allocation of an expired credential by a sweep', async () => {
    const [short, long] = await Promise.all([issue(20), issue(600)])
    const [client, longClient] = [await allocated(short), await allocated(long)]
    expect(await agent.sweep()).toBe(0)
    aheadMs = 21_000
    expect(await agent.sweep()).toBe(1)
    await gone(short)
    expect(await client.refresh()).toBe(NO_ALLOCATION)
    expect(await longClient.refresh()).toBe(0)
  })

  it('ends a new allocation of a revoked credential by a sweep', async () => {
    const credential = await issue()
    await relay().revoke(credential.username)
    const client = await allocated(credential)
    await agent.sweep()
    await gone(credential)
    expect(await client.refresh()).toBe(NO_ALLOCATION)
  })

  it('ends the allocation of an expired credential without a request', async () => {
    const credential = await issue(5)
    const client = await allocated(credential)
    await gone(credential, 20_000)
    expect(await client.refresh()).not.toBe(0)
    /** coturn accepts a username until the end of the second of its expiry. */
    await until(
      'the username is rejected',
      async () => (await clientWith(credential).allocate()) === UNAUTHENTICATED,
      5000,
    )
  })

  it('ends expired and revoked allocations after a restart of the agent', async () => {
    const [revoked, expired, valid] = await Promise.all([issue(), issue(20), issue(600)])
    await relay().revoke(revoked.username)
    await agent.close()
    const clients = [await allocated(revoked), await allocated(expired)]
    const validClient = await allocated(valid)
    aheadMs = 21_000
    agent = await coturn.startAgent({ now })
    for (const client of clients) {
      await until(
        'the allocation ends',
        async () => (await client.refresh()) === NO_ALLOCATION,
        5000,
      )
    }
    expect(await validClient.refresh()).toBe(0)
  })

  it('runs as a program, and ends after SIGTERM', async () => {
    const port = await freePort()
    const args = ['--urls', `turn:127.0.0.1:${coturn.port}`, '--port', String(port)]
    const program = spawn(NODE, [LAUNCHER, PROGRAM, ...args], {
      cwd: coturn.folder,
      env: { ...process.env, ...SECRETS, COTURN_CLI_PORT: String(coturn.cliPort) },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const ended = once(program, 'exit')
    let printed = ''
    program.stdout.on('data', (chunk) => (printed += chunk))
    try {
      await until('the program has started', () => printed.includes('agent_started'))
      const programRelay = relay(`http://127.0.0.1:${port}`)
      const order = { callUuid: CALL, seat: 'callee', ttlSeconds: 60 } as const
      const credential = valueOf(await programRelay.issue(order))
      await allocated(credential)
      expect(await programRelay.revoke(credential.username)).toMatchObject({ ok: true })
      await gone(credential)
    } finally {
      program.kill('SIGTERM')
    }
    expect(await ended).toEqual([0, null])
    expect(printed).not.toMatch(new RegExp(Object.values(SECRETS).join('|')))
  })

  it('issues nothing while coturn is down, and continues after its restart', async () => {
    const before = await issue()
    await coturn.stop()
    await expect(agent.sweep()).rejects.toThrow(/unreachable|closed the connection/)
    expect(await relay().revoke(before.username)).toMatchObject({ ok: false })
    expect(await relay().issue({ callUuid: CALL, seat: 'callee', ttlSeconds: 60 })).toMatchObject({
      refusal: { code: 'relay_unavailable' },
    })
    await coturn.start()
    await agent.sweep()
    await allocated(await issue())
    const client = await allocated(before)
    await agent.sweep()
    await gone(before)
    expect(await client.refresh()).toBe(NO_ALLOCATION)
  })
})
