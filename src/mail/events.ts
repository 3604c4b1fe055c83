/** Events of the e-mail provider Resend: bounces and complaints, signed by Standard Webhooks 1.0.0. */
import { Webhook, WebhookVerificationError } from 'standardwebhooks'
import { z } from 'zod'
import { logEvent } from '../common/log'
import { ok, refuse, type Result } from '../common/result'
import { emailKeyOf } from '../common/text/email'
import { parseJson } from '../common/text/json'
import type { Complaint } from './message'
import type { MessageStore } from './store'

export interface MailEventDeps {
  readonly messageStore: MessageStore
  /** `undefined` rejects every event. */
  readonly mailEventSecret: string | undefined
  /** Records what the provider reports about the address of an account. */
  readonly recordComplaint: (emailKey: string, complaint: Complaint) => Promise<void>
}

export interface MailEvent {
  readonly body: string
  readonly id: string
  readonly timestamp: string
  readonly signature: string
}

export type MailEventOutcome = 'recorded' | 'ignored'

const eventSchema = z.object({
  type: z.string(),
  data: z.object({
    email_id: z.string(),
    to: z.array(z.string()).min(1),
    bounce: z.object({ type: z.string() }).optional(),
  }),
})

/** A transient bounce says nothing about the next message. */
function complaintOf({ type, data }: z.infer<typeof eventSchema>): Complaint | undefined {
  if (type === 'email.complained') return 'complained'
  return type === 'email.bounced' && data.bounce?.type !== 'Transient' ? 'bounced' : undefined
}

function isSigned(secret: string, { body, id, timestamp, signature }: MailEvent): boolean {
  const headers = {
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': signature,
  }
  try {
    new Webhook(secret).verify(body, headers, { jsonParse: false })
    return true
  } catch (error) {
    if (error instanceof WebhookVerificationError) return false
    throw error
  }
}

/** Records a bounce or complaint; a repeat is harmless. Refuses `invalid_signature`. */
export async function receiveMailEvent(
  deps: MailEventDeps,
  event: MailEvent,
): Promise<Result<MailEventOutcome>> {
  const { mailEventSecret: secret } = deps
  if (secret === undefined || !isSigned(secret, event)) return refuse({ code: 'invalid_signature' })
  const parsed = eventSchema.safeParse(parseJson(event.body))
  const complaint = parsed.success ? complaintOf(parsed.data) : undefined
  if (!parsed.success || !complaint) return ok('ignored')
  const { email_id: providerId, to } = parsed.data.data
  const message = await deps.messageStore.recordComplaint(providerId, complaint)
  if (!message) return ok('ignored')
  await deps.recordComplaint(emailKeyOf(to[0] ?? ''), complaint)
  logEvent(`message_${complaint}`, { kind: message.kind })
  return ok('recorded')
}
