/** The port through which e-mails leave, and its two implementations. */
import { z } from 'zod'
import type { Letter } from './letter'

export interface Email extends Letter {
  /** The message's ID, which is the same for each attempt. */
  readonly id: string
  readonly to: string
}

/** `rejected`: an attempt with the same content cannot succeed. A throw means that the outcome is unknown. */
export type Delivery =
  | { readonly kind: 'sent'; readonly providerId: string }
  | { readonly kind: 'rejected'; readonly reason: string }

export interface MailProvider {
  send(email: Email): Promise<Delivery>
}

const TIMEOUT_MS = 10_000
const RESEND_URL = 'https://api.resend.com/emails'

const accepted = z.object({ id: z.string().min(1).max(200) })
const refused = z.object({ name: z.string().max(200) }).catch({ name: 'unknown' })

/** Statuses by which Resend rejects the message itself. Others concern the account or pass by. */
const REJECTED = new Set([400, 422])

export interface ResendOptions {
  readonly apiKey: string
  readonly from: string
  readonly fetch: (request: Request) => Promise<Response>
}

/** Sends by Resend's HTTP API, which sends a message once for the same `Idempotency-Key` within 24 hours. */
export const createResend = ({ apiKey, from, fetch }: ResendOptions): MailProvider => ({
  async send({ id, to, subject, text, html }) {
    const response = await fetch(
      new Request(RESEND_URL, {
        method: 'POST',
        headers: {
          Authorization: `Bearer ${apiKey}`,
          'Content-Type': 'application/json',
          'Idempotency-Key': id,
        },
        body: JSON.stringify({ from, to: [to], subject, text, html }),
        signal: AbortSignal.timeout(TIMEOUT_MS),
      }),
    )
    const body: unknown = await response.json()
    if (response.ok) return { kind: 'sent', providerId: accepted.parse(body).id }
    const { name: reason } = refused.parse(body)
    if (REJECTED.has(response.status)) return { kind: 'rejected', reason }
    throw new Error(`Resend responded with status ${response.status}: ${reason}`)
  },
})

/** Sends by Cloudflare's e-mail binding. The `Message-ID` lets receivers recognise a repeat. */
export const createBindingProvider = (binding: SendEmail, from: string): MailProvider => ({
  async send({ id, to, subject, text, html }) {
    const host = from.replace(/^.*@/, '').replace(/>.*$/, '')
    const headers = { 'Message-ID': `<${id.replaceAll('/', '.')}@${host}>` }
    const { messageId } = await binding.send({ from, to, subject, text, html, headers })
    return { kind: 'sent', providerId: messageId }
  },
})

/** Without a provider, every message is abandoned. */
export const noProvider: MailProvider = {
  send: async () => ({ kind: 'rejected', reason: 'no provider is configured' }),
}
