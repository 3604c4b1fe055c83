/** The simulator's webhooks: signed, retried, and changed by the selected fault. */
import { z } from 'zod'
import { SIGNATURE_HEADER, signBody } from '../../payments/monnify/signature'
import type { WebhookFault } from './scenario'
import type { SentEvent, SimulatorStore } from './store'

/** Monnify tries twelve times, five minutes apart. Developers should not have to wait that long. */
const TRIES = 4
const RETRY_MS = 3000
const LATE_MS = 8000

export interface NotifyOptions {
  readonly store: SimulatorStore
  readonly secretKey: string
  readonly wait: (ms: number) => Promise<unknown>
  readonly now: () => number
  /** Sends an event to the service. */
  readonly deliver: (body: string, headers: Record<string, string>) => Promise<Response>
}

/** An event, and the variants that faults need. */
export interface Announcement {
  /** Reference of the payment; for a settlement, its own reference. */
  readonly paymentReference: string
  readonly event: object
  /** Older event, which arrives last if events are reordered. */
  readonly older: object
  /** The event with another amount. */
  readonly altered: object
}

/** The service's response: an outcome, or a problem's code. */
const said = z.object({ outcome: z.string().optional(), code: z.string().optional() }).catch({})

interface Letter {
  readonly paymentReference: string
  readonly body: string
  readonly signature: string | null
}

async function post(
  { store, deliver, now }: NotifyOptions,
  { paymentReference, body, signature }: Letter,
): Promise<SentEvent> {
  const sentAtMs = now()
  const signed = signature === null ? {} : { [SIGNATURE_HEADER]: signature }
  const response = await deliver(body, { 'Content-Type': 'application/json', ...signed })
  const { outcome, code } = said.parse(await response.json().catch(() => ({})))
  const verdict = outcome ?? code ?? null
  const answer = response.status
  return store.recordEvent({ paymentReference, body, signature, answer, verdict, sentAtMs })
}

async function postUntilTaken(options: NotifyOptions, letter: Letter): Promise<void> {
  for (let tries = 0; tries < TRIES; tries++) {
    if ((await post(options, letter)).answer === 200) return
    await options.wait(RETRY_MS)
  }
}

/** Sends a stored body again, unchanged. */
export const resend = (options: NotifyOptions, letter: Letter): Promise<SentEvent> =>
  post(options, letter)

/** Sends a webhook, with a fault. */
export async function notify(
  options: NotifyOptions,
  { paymentReference, event, older, altered }: Announcement,
  fault: WebhookFault,
): Promise<void> {
  const letterOf = async (said: object, secret = options.secretKey): Promise<Letter> => {
    const body = JSON.stringify(said)
    const signature = await signBody(secret, new TextEncoder().encode(body))
    return { paymentReference, body, signature }
  }
  const letter = await letterOf(event)
  switch (fault) {
    case 'none':
      return postUntilTaken(options, letter)
    case 'duplicate':
      await postUntilTaken(options, letter)
      return postUntilTaken(options, letter)
    case 'late':
      await options.wait(LATE_MS)
      return postUntilTaken(options, letter)
    case 'reordered':
      await postUntilTaken(options, letter)
      return postUntilTaken(options, await letterOf(older))
    case 'dropped':
      return
    case 'unsigned':
      await post(options, { ...letter, signature: null })
      return
    case 'wrongly_signed':
      await post(options, await letterOf(event, `${options.secretKey}x`))
      return
    case 'altered':
      await post(options, { ...letter, body: JSON.stringify(altered) })
  }
}
