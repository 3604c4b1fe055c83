/** Simulated receivers of this service's webhooks. Each has a name, its own fault, and what arrived. */
import { type Context, Hono } from 'hono'
import { Webhook, WebhookVerificationError } from 'standardwebhooks'
import { z } from 'zod'
import { readInput, respond } from './exchange'
import { FAULTS_LAST_MS } from './faults'
import type { ShowPage } from './page'
import { FORGED_STATUS, RECEIVER_FAULTS, RECEIVER_RESPONSES } from './receiver-faults'
import { receiverPage } from './receiver-page'
import type { ReceiverSetting, ReceiverStore } from './receiver-store'

const NAME = ':name{[A-Za-z0-9_-]{1,64}}'
const MAX_BODY = 64 * 1024

function isSecret(text: string): boolean {
  try {
    return text.startsWith('whsec_') && new Webhook(text) instanceof Webhook
  } catch {
    return false
  }
}

const settingSchema = z.strictObject({
  fault: z.enum(RECEIVER_FAULTS).optional(),
  /** An empty text of a form leaves the secret unchanged. */
  secret: z
    .string()
    .max(200)
    .refine((text) => text === '' || isSecret(text), 'It must be whsec_ and Base64.')
    .optional(),
})

const NO_SETTING: ReceiverSetting = { fault: 'none', untilMs: 0, secret: null }

export interface ReceiverOptions {
  readonly store: ReceiverStore
  readonly now: () => number
  readonly wait: (ms: number) => Promise<unknown>
  readonly show: ShowPage
}

/** @returns null without a secret */
function isGenuine(secret: string | null, body: string, headers: Headers): boolean | null {
  if (secret === null) return null
  try {
    new Webhook(secret).verify(body, Object.fromEntries(headers), { jsonParse: false })
    return true
  } catch (error) {
    if (error instanceof WebhookVerificationError) return false
    throw error
  }
}

export function createReceiver({ store, now, wait, show }: ReceiverOptions) {
  const receiver = new Hono()

  /** A fault ends by itself; the secret stays. */
  async function settingOf(name: string): Promise<ReceiverSetting> {
    const setting = (await store.receiverSetting(name)) ?? NO_SETTING
    return now() < setting.untilMs ? setting : { ...setting, fault: 'none' }
  }

  receiver.post(`/receiver/${NAME}`, async (c) => {
    const name = c.req.param('name')
    const { fault, secret } = await settingOf(name)
    const body = (await c.req.text()).slice(0, MAX_BODY)
    const genuine = isGenuine(secret, body, c.req.raw.headers)
    const { status, waitMs } = RECEIVER_RESPONSES[fault]
    const answer = genuine === false ? FORGED_STATUS : status
    await store.recordDelivery({
      receiver: name,
      eventId: c.req.header('webhook-id') ?? '',
      body,
      isGenuine: genuine,
      answer,
      receivedAtMs: now(),
    })
    if (waitMs > 0) await wait(waitMs)
    const headers = answer === 302 ? { Location: '/simulator' } : {}
    const text = answer === 204 ? null : `The simulated receiver responded with status ${answer}.`
    return new Response(text, { status: answer, headers })
  })

  receiver.on(['PUT', 'POST'], `/receiver/${NAME}/settings`, async (c) => {
    const name = c.req.param('name')
    const given = settingSchema.safeParse(await readInput(c))
    if (!given.success) return c.text(z.prettifyError(given.error), 400)
    const known = await settingOf(name)
    const { fault = known.fault, secret } = given.data
    const untilMs = given.data.fault === undefined ? known.untilMs : now() + FAULTS_LAST_MS
    await store.setReceiver(name, { fault, untilMs, secret: secret || known.secret })
    return respond(c, await stateOf(c, name), `/simulator/receiver/${name}`)
  })

  async function stateOf(c: Context, name: string) {
    const { fault, secret, untilMs } = await settingOf(name)
    const { origin } = new URL(c.req.url)
    return {
      name,
      url: `${origin}/simulator/receiver/${name}`,
      fault,
      untilMs: fault === 'none' ? null : untilMs,
      knowsSecret: secret !== null,
      deliveries: await store.deliveries(name),
    }
  }

  receiver.get(`/receiver/${NAME}`, async (c) => {
    const state = await stateOf(c, c.req.param('name'))
    if (!(c.req.header('Accept') ?? '').includes('text/html')) return c.json(state)
    return show(c, `Receiver ${state.name}`, receiverPage(state))
  })

  return receiver
}
