/**
 * The clients' journal: their requests with keys, and the responses. An acknowledged result must be in the books
 * once, forever. Without a response, it is there once or not at all, until a retry decides. Pure.
 */
import type { Books } from '../books/books.ts'
import type { CallRecord, PaymentRecord, RefundRecord } from '../books/records.ts'

export type Step = 'start' | 'answer' | 'end' | 'pay' | 'verify' | 'refund' | 'transfer'

/** A client's intent, from its first request to its end. */
export interface Intent {
  /** Also the idempotency key. */
  readonly tag: string
  readonly user: number
  readonly amountKobo: number
  /** Next step; `undefined` when there is none. */
  next: Step | undefined
  /** The last request got no response. */
  isUnknown: boolean
  /** The request was refused, so nothing of it may exist. */
  isRefused: boolean
  call?: CallRecord
  payment?: PaymentRecord
  refund?: RefundRecord
  /** Revision of the last response. */
  position?: number
}

export interface Verdict {
  /** Acknowledged, but not in the books as acknowledged. */
  readonly lost: string[]
  /** In the books more than once. */
  readonly doubled: string[]
  /** In the books although it was refused. */
  readonly uncalledFor: string[]
}

type NotifiedState = Pick<CallRecord, 'startedAtMs' | 'endedAtMs' | 'endReason' | 'priceKobo'>

/** Reports whether a returned call is consistent with its current state, which may be later. */
function stillSo(told: CallRecord, now: CallRecord): boolean {
  const facts: readonly (keyof NotifiedState)[] = [
    'startedAtMs',
    'endedAtMs',
    'endReason',
    'priceKobo',
  ]
  const isEnded = told.endedAtMs !== null
  return (
    told.uuid === now.uuid &&
    facts.every((fact) => told[fact] === null || told[fact] === now[fact]) &&
    (!isEnded || (told.costKobo === now.costKobo && told.status === now.status))
  )
}

const stillPaid = (told: PaymentRecord, now: PaymentRecord): boolean =>
  told.uuid === now.uuid &&
  told.amountKobo === now.amountKobo &&
  (told.status !== 'completed' || (now.status === 'completed' && now.paidKobo === told.paidKobo))

const stillRefunded = (told: RefundRecord, now: PaymentRecord): boolean =>
  told.status !== 'completed' || told.amountKobo === now.refundedKobo

function judgeIntent(intent: Intent, books: Books, verdict: Verdict): void {
  const { tag, isRefused } = intent
  const calls = books.calls.filter((call) => call.tag === tag)
  const payments = books.payments.filter((payment) => payment.tag === tag)
  const moved = payments.filter(({ status }) => status !== 'failed')
  if (calls.length + payments.length > 1) verdict.doubled.push(`${tag} is there twice`)
  if (isRefused && calls.length + moved.length > 0) verdict.uncalledFor.push(`${tag} was refused`)
  const { call, payment, refund, position = 0 } = intent
  const now = books.wallets.call_credits.position
  if (position > now)
    verdict.lost.push(`${tag}: position ${position}, after which only ${now} came`)
  const [callNow] = calls
  const [paymentNow] = payments
  if (call && !(callNow && stillSo(call, callNow)))
    verdict.lost.push(`${tag}: ${JSON.stringify({ told: call, now: callNow })}`)
  if (payment && !(paymentNow && stillPaid(payment, paymentNow)))
    verdict.lost.push(`${tag}: ${JSON.stringify({ told: payment, now: paymentNow })}`)
  if (refund && !(paymentNow && stillRefunded(refund, paymentNow)))
    verdict.lost.push(`${tag}: ${JSON.stringify({ told: refund, now: paymentNow })}`)
}

/** Compares the journal with the users' books. */
export function compareWithBooks(intents: readonly Intent[], books: readonly Books[]): Verdict {
  const verdict: Verdict = { lost: [], doubled: [], uncalledFor: [] }
  for (const intent of intents) {
    const own = books[intent.user]
    if (own) judgeIntent(intent, own, verdict)
  }
  const known = new Set(intents.map(({ tag }) => tag))
  for (const { calls, payments } of books)
    for (const { tag } of [...calls, ...payments])
      if (!known.has(tag)) verdict.uncalledFor.push(`${tag}, which nobody asked for`)
  return verdict
}
