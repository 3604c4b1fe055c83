/** Client of the killed service: sends one step of an intent, and records the response. */
import { ACCOUNT_PASSWORD } from '../../support/served.ts'
import { asks, type User } from '../books/books.ts'
import type { Intent, Step } from './journal.ts'
import { readCall, readPayment, readRefund } from '../books/records.ts'
import { type Answer, type Ask, bodyOf, codeOf } from '../books/wire.ts'

const PHONE = '+2348031234567'

/** Monnify's minimum. */
const REFUND_KOBO = 10_000

/** Some top-ups are refunded in part. */
const isRefunded = ({ amountKobo, payment, refund }: Intent): boolean =>
  payment?.method === 'monnify' && !refund && amountKobo >= REFUND_KOBO && amountKobo % 4 === 1

/** Request of an intent's step; a repeat is the same, with the same key. */
function requestOf({ tag, amountKobo, call, payment }: Intent, step: Step): Ask {
  const amount = amountKobo / 100
  const wallet = amountKobo % 3 === 0 ? 'call_credits' : 'primary'
  switch (step) {
    case 'start':
      return {
        method: 'POST',
        path: '/calls',
        key: tag,
        body: { recipient_phone: PHONE, recipient_name: tag },
      }
    case 'answer':
    case 'end':
      return { method: 'PATCH', path: `/calls/${call?.uuid}/${step}` }
    case 'pay':
      return {
        method: 'POST',
        path: '/payments',
        key: tag,
        body: { amount, method: 'monnify', wallet, description: tag },
      }
    case 'verify':
      return { method: 'POST', path: `/payments/verify/${payment?.reference}` }
    case 'refund':
      return {
        method: 'POST',
        path: `/payments/${payment?.uuid}/refunds`,
        key: tag,
        body: { amount: REFUND_KOBO / 100, reason: tag },
      }
    case 'transfer':
      return {
        method: 'POST',
        path: '/payments',
        key: tag,
        body: { amount, method: 'wallet', description: tag },
      }
  }
}

/** Refusals without an effect. A request in progress is unknown. */
const REFUSALS = new Set([
  'insufficient_funds',
  'refund_exceeds_payment',
  'too_many_calls',
  'call_state_conflict',
])
const UNDER_WAY = new Set(['request_in_progress', 'gateway_unavailable'])

/** Processes a successful response of a step. */
function learn(intent: Intent, step: Step, answer: Answer): void {
  const body = bodyOf(answer)
  if (step === 'start' || step === 'answer' || step === 'end') {
    intent.call = readCall(body)
    intent.next = intent.call.endedAtMs !== null ? undefined : step === 'start' ? 'answer' : 'end'
    return
  }
  if (step === 'refund') {
    intent.refund = readRefund(body)
    const { status } = intent.refund
    intent.next = status === 'completed' || status === 'failed' ? undefined : 'refund'
    return
  }
  intent.payment = readPayment(body)
  const isPaid = intent.payment.status === 'completed'
  intent.next = !isPaid ? 'verify' : isRefunded(intent) ? 'refund' : undefined
}

function refuse(intent: Intent, step: Step): void {
  const isFirst = step === 'start' || step === 'transfer' || step === 'pay'
  intent.isRefused = isFirst
  if (isFirst || step === 'refund') intent.next = undefined
  else if (step === 'answer') intent.next = 'end'
}

const confirmations = new Map<string, { readonly token: string; readonly untilMs: number }>()

/** Confirmation of a user for a refund; `undefined` without a response. It is renewed a minute before it expires. */
async function confirmationOf(
  url: string,
  user: User,
  timeoutMs: number,
): Promise<string | undefined> {
  const known = confirmations.get(user.authorization)
  if (known && Date.now() < known.untilMs) return known.token
  const body = { password: ACCOUNT_PASSWORD }
  const path = '/users/me/confirmation'
  const answer = await asks(url, user, { method: 'POST', path, body, timeoutMs })
  if (answer?.status !== 200) return undefined
  const { confirmation: token, expires_at: expiresAt } = bodyOf(answer)
  const untilMs = Date.parse(String(expiresAt)) - 60_000
  confirmations.set(user.authorization, { token: String(token), untilMs })
  return String(token)
}

export type Outcome = 'acknowledged' | 'replayed' | 'refused' | 'unknown'

/** @throws if the service returns a forbidden response */
export async function doStep(
  url: string,
  user: User,
  intent: Intent,
  timeoutMs: number,
): Promise<Outcome> {
  const { next: step } = intent
  if (!step) throw new Error(`nothing is left to do of ${intent.tag}`)
  intent.isUnknown = true
  const confirmation = step === 'refund' && (await confirmationOf(url, user, timeoutMs))
  if (confirmation === undefined) return 'unknown'
  const request = { ...requestOf(intent, step), ...(confirmation && { confirmation }), timeoutMs }
  const answer = await asks(url, user, request)
  if (!answer || UNDER_WAY.has(codeOf(answer))) return 'unknown'
  intent.isUnknown = false
  if (answer.position !== undefined) intent.position = answer.position
  if (answer.status < 300) {
    learn(intent, step, answer)
    return answer.replayed ? 'replayed' : 'acknowledged'
  }
  if (!REFUSALS.has(codeOf(answer)))
    throw new Error(`${step} of ${intent.tag}: ${answer.status} ${JSON.stringify(answer.body)}`)
  refuse(intent, step)
  return 'refused'
}
