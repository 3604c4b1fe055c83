/** Webhooks from a running service to programs of an integrator: the commands, and the client's loop over events. */
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createClient } from '../../client/client'
import { events, type WebhookEvent } from '../../client/webhooks'
import { aileana, newAccount, post, topUp, useSharedService } from '../support/served'

const ROOT = join(import.meta.dirname, '../..')
const NODE = join(ROOT, 'node_modules/.bin/node')

const service = useSharedService()

/** Starts `webhooks listen`, and collects its output. */
function startListening(key: string, ...args: string[]) {
  const command = ['scripts/aileana.ts', 'webhooks', 'listen', '--url', service.url, ...args]
  const listener = spawn(NODE, command, {
    cwd: ROOT,
    env: { ...process.env, AILEANA_KEY: key },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [listener.stdout, listener.stderr])
    stream.on('data', (chunk) => (output += String(chunk)))
  const ended = new Promise<number | null>((resolve) => listener.on('exit', resolve))
  return {
    output: () => output,
    stop: () => {
      listener.kill('SIGINT')
      return ended
    },
    said: async (text: string) => {
      while (!output.includes(text)) {
        if (listener.exitCode !== null) throw new Error(output)
        await wait(100)
      }
    },
  }
}

describe('the commands for webhooks', () => {
  let account: Awaited<ReturnType<typeof newAccount>>
  let key = ''
  beforeAll(async () => {
    account = await newAccount(service.url)
    const scopes = ['endpoints:write', 'events:read']
    const body = { name: 'Commands', scopes }
    ;({ key = '' } = await post(`${service.url}/keys`, body, account.headers))
  })

  it('listen prints a payment, a sample and a replay, and removes its endpoint', async () => {
    const listener = startListening(key)
    await listener.said('Ctrl-C ends it.')
    await topUp(account.client, 50)
    await listener.said('1 payment.completed  evt_')

    const webhooks = (...args: string[]) =>
      aileana('webhooks', ...args, '--key', key, '--url', service.url)
    const [id = ''] = /evt_[0-9a-f]{32}/.exec(listener.output()) ?? []
    const replayed = webhooks('replay', id)
    expect(replayed.stdout).toMatch(/^1 event is sent to http:\/\/127\.0\.0\.1:\d+\/\.$/m)
    await expect.poll(() => listener.output().split(`1 payment.completed  ${id}`).length).toBe(3)
    const [sample, range] = [
      webhooks('trigger', 'call.ended'),
      webhooks('replay', '--from', '1', '--to', '1'),
    ]
    expect(sample.stdout + sample.stderr).toContain('call.ended → http://127.0.0.1:')
    expect(range.stdout).toContain('1 event is sent')
    await listener.said('sample call.ended')

    expect(await listener.stop()).toBe(0)
    expect(listener.output()).toContain('The endpoint is removed.')
    const none = webhooks('trigger', 'call.ended')
    expect(none.stderr).toContain('There is no endpoint.')
    expect(none.status).toBe(1)
  })

  it('the client reads the same events with the key, and waits for the next one', async () => {
    const client = createClient({ url: service.url, token: key })
    const found: WebhookEvent[] = []
    for await (const event of events(client, { stopsAtEnd: true })) found.push(event)
    expect(found.map(({ sequence, type }) => [sequence, type])).toEqual([[1, 'payment.completed']])

    const stopped = new AbortController()
    const next = events(client, { after: 1, signal: stopped.signal }).next()
    await topUp(account.client, 60)
    const { value } = await next
    expect(value).toMatchObject({ sequence: 2, data: { amount_paid: 60, currency: 'NGN' } })
    stopped.abort()
  })

  afterAll(async () => {
    await fetch(`${service.url}/auth/logout`, { method: 'POST', headers: account.headers })
  })
})
