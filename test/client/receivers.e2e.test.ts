/** The example receivers, with deliveries as the service signs them. They run where their runtime is installed. */
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { Webhook } from 'standardwebhooks'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { packClient } from '../support/packed-client'
import { freePort } from '../support/served'

const NODE = join(import.meta.dirname, '../../node_modules/.bin/node')
const PYTHON = '/usr/bin/python3'
const PHP = '/usr/bin/php'
const OLD = `whsec_${Buffer.from('OLD-EXAMPLE-WEBHOOK-SECRET-1').toString('base64')}`
const NEW = `whsec_${Buffer.from('NEW-EXAMPLE-WEBHOOK-SECRET-2').toString('base64')}`
const FOREIGN = `whsec_${Buffer.from('FOREIGN-WEBHOOK-SECRET-00003').toString('base64')}`

const RECEIVERS = [
  { name: 'TypeScript', command: NODE, args: (port: number) => ['receive-webhooks.ts', `${port}`] },
  { name: 'Python', command: PYTHON, args: (port: number) => ['receive_webhooks.py', `${port}`] },
  {
    name: 'PHP',
    command: PHP,
    args: (port: number) => ['-S', `127.0.0.1:${port}`, 'receive_webhooks.php'],
  },
]

let project: string
beforeAll(() => {
  project = packClient()
}, 120_000)
afterAll(() => rmSync(project, { recursive: true, force: true }))

const eventOf = (sequence: number, changed: object = {}) => ({
  id: `evt_${String(sequence).padStart(32, '0')}`,
  type: 'payment.completed',
  version: 1,
  sequence,
  timestamp: '2026-11-27T12:00:00.000Z',
  data: { payment_reference: `AIL-${sequence}_a1`, amount_paid: 500.5 },
  ...changed,
})

interface Signed {
  readonly secrets?: readonly string[]
  readonly ageSeconds?: number
}

/** A delivery as the service sends it. */
function sign(event: ReturnType<typeof eventOf>, { secrets = [OLD], ageSeconds = 0 }: Signed = {}) {
  const at = new Date(Date.now() - ageSeconds * 1000)
  const body = JSON.stringify(event)
  const headers: Record<string, string> = {
    'Content-Type': 'application/json',
    'webhook-id': event.id,
    'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
    'webhook-signature': secrets
      .map((secret) => new Webhook(secret).sign(event.id, at, body))
      .join(' '),
  }
  return { body, headers }
}

describe.each(RECEIVERS)('the receiver in $name', ({ name, command, args }) => {
  const isInstalled = existsSync(command)
  let receiver: ChildProcess
  let url = ''
  let printed = ''

  const send = async ({ body, headers }: ReturnType<typeof sign>): Promise<number> => {
    const response = await fetch(url, { method: 'POST', body, headers })
    await response.arrayBuffer()
    return response.status
  }

  async function listen(port: number): Promise<void> {
    url = `http://127.0.0.1:${port}`
    for (;;)
      try {
        await send({ body: '{}', headers: {} })
        return
      } catch {
        if (receiver.exitCode !== null) throw new Error(`the receiver has ended: ${printed}`)
        await wait(50)
      }
  }

  beforeAll(async () => {
    if (!isInstalled) return
    const port = await freePort()
    receiver = spawn(command, args(port), {
      cwd: project,
      env: {
        ...process.env,
        WEBHOOK_SECRETS: `${OLD} ${NEW}`,
        WEBHOOK_DATABASE: `${name}.db`,
        WEBHOOK_IDS: `${name}.txt`,
      },
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    receiver.stdout?.on('data', (chunk) => (printed += String(chunk)))
    await listen(port)
  }, 60_000)
  afterAll(() => receiver?.kill())

  it.runIf(isInstalled)('processes a genuine event once, however often it arrives', async () => {
    const statuses = [
      await send(sign(eventOf(1))),
      await send(sign(eventOf(1), { ageSeconds: 290 })),
      await send(sign(eventOf(2, { type: 'call.ended' }))),
    ]
    expect(statuses).toEqual([204, 204, 204])
    await expect.poll(() => printed).toBe('1: AIL-1_a1, 500.5 NGN\n2: call.ended\n')
  })

  it.runIf(isInstalled)('accepts each of two secrets during a rotation', async () => {
    const statuses = [
      await send(sign(eventOf(3), { secrets: [NEW] })),
      await send(sign(eventOf(4), { secrets: [FOREIGN, OLD] })),
    ]
    expect(statuses).toEqual([204, 204])
    await expect.poll(() => printed).toContain('4: AIL-4_a1')
  })

  it.runIf(isInstalled)('ignores an event of a newer version', async () => {
    expect(await send(sign(eventOf(5, { version: 2 })))).toBe(204)
    expect(printed).not.toContain('AIL-5')
  })

  it.runIf(isInstalled)('rejects forgeries and old deliveries', async () => {
    const genuine = sign(eventOf(6))
    const withHeader = (header: string, value: string) => ({
      ...genuine,
      headers: { ...genuine.headers, [header]: value },
    })
    const forgeries = [
      { ...genuine, body: genuine.body.replace('500.5', '50000') },
      { ...genuine, body: `${genuine.body} ` },
      { ...genuine, headers: {} },
      sign(eventOf(6), { secrets: [FOREIGN] }),
      sign(eventOf(6), { ageSeconds: 320 }),
      sign(eventOf(6), { ageSeconds: -320 }),
      withHeader('webhook-id', 'evt_7'),
      withHeader('webhook-timestamp', 'now'),
      withHeader('webhook-signature', 'v1,'),
      withHeader('webhook-signature', 'v1a,AAAA'),
    ]
    for (const forgery of forgeries) expect(await send(forgery)).toBe(400)
    expect(printed).not.toContain('AIL-6')
    expect(await send(genuine)).toBe(204)
  })
})
