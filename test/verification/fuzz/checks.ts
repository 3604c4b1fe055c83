/** Checks of every exchange. A check throws; its name is the broken promise. */
import { expect } from 'vitest'
import { holdToConventions } from '../../support/client'
import { holdToDocument } from '../../support/documented'
import { type Exchange, show } from './exchange'

export function answersWithoutFault({ answer }: Exchange): void {
  expect(answer.status).toBeLessThan(500)
}

/** RFC 9457 problems, request IDs, and the headers of every response except a socket's. */
export function answersByTheConventions({ answer }: Exchange): void {
  if (answer.status !== 101) holdToConventions(answer)
}

/** Status and media type are declared, and the body is valid for its schema. */
export function answersAsDeclared({ request, answer }: Exchange): void {
  holdToDocument(request.method, request.path, answer)
}

/** The status is one of the flaw's, and the response names the field. */
export function refusesWhatIsFlawed({ plan, answer }: Exchange): void {
  if (!plan.flaw) return
  expect(plan.flaw.statuses).toContain(answer.status)
  if (plan.flaw.pointer === undefined || answer.status !== 400) return
  const pointers = (answer.body.errors ?? []).map(({ pointer }: { pointer: string }) => pointer)
  expect(pointers.join(' ')).toContain(plan.flaw.pointer)
}

/** Refusals of a valid request, because of the current state. */
const STATE_REFUSALS = [
  'insufficient_funds',
  'email_taken',
  'invalid_link',
  'wrong_password',
  'call_state_conflict',
  'too_many_calls',
  'idempotency_key_reused',
  'refund_not_allowed',
  'refund_exceeds_payment',
  'refund_limit_exceeded',
  'balance_left',
  'debt_open',
  'receipt_not_available',
  'endpoint_state_conflict',
]

export function takesWhatIsValid({ plan, answer }: Exchange): void {
  if (plan.flaw || answer.status < 400) return
  expect(STATE_REFUSALS).toContain(answer.body?.code)
}

/**
 * Compares the user's data before and after, for sampled requests. Only a payment without funds is listed as
 * failed; nothing else may change.
 */
export function changesNothingWhenRefused({ answer, beside }: Exchange): void {
  if (!beside || answer.status < 400) return
  const isListed = answer.body?.code === 'insufficient_funds'
  const rest = isListed ? { '/payments': '' } : {}
  expect({ ...beside.after, ...rest }).toEqual({ ...beside.before, ...rest })
}

/** For sampled requests: HEAD has the status and type of GET, and no body. */
export function answersHeadAsGet({ answer, beside }: Exchange): void {
  if (!beside?.head) return
  expect(beside.head.text).toBe('')
  expect(beside.head.status).toBe(answer.status)
  expect(beside.head.headers.get('Content-Type')).toBe(answer.headers.get('Content-Type'))
}

const ALL = [
  answersWithoutFault,
  answersByTheConventions,
  answersAsDeclared,
  refusesWhatIsFlawed,
  takesWhatIsValid,
  changesNothingWhenRefused,
  answersHeadAsGet,
]

export function checkExchange(exchange: Exchange): void {
  for (const check of ALL) {
    try {
      check(exchange)
    } catch (error) {
      throw new Error(`${check.name}: ${(error as Error).message}\n${show(exchange)}`, {
        cause: error,
      })
    }
  }
}
