/** What holds for every exchange. Each check throws; its name is the promise that was broken. */
import { expect } from 'vitest'
import { holdToConventions } from '../../support/client'
import { holdToDocument } from '../../support/documented'
import { type Exchange, show } from './exchange'

export function answersWithoutFault({ answer }: Exchange): void {
  expect(answer.status).toBeLessThan(500)
}

/** RFC 9457 problems, request ids, the headers of every answer. A socket has none of its own. */
export function answersByTheConventions({ answer }: Exchange): void {
  if (answer.status !== 101) holdToConventions(answer)
}

/** Its status and media type are declared, and its body is of the schema that is. */
export function answersAsDeclared({ request, answer }: Exchange): void {
  holdToDocument(request.method, request.path, answer)
}

/** With one of the statuses that its flaw has, and naming the field that is wrong. */
export function refusesWhatIsFlawed({ plan, answer }: Exchange): void {
  if (!plan.flaw) return
  expect(plan.flaw.statuses).toContain(answer.status)
  if (plan.flaw.pointer === undefined || answer.status !== 400) return
  const pointers = (answer.body.errors ?? []).map(({ pointer }: { pointer: string }) => pointer)
  expect(pointers.join(' ')).toContain(plan.flaw.pointer)
}

/** What a request without flaw may still be refused for: the state that it meets. */
const STATE_REFUSALS = [
  'insufficient_funds',
  'email_taken',
  'call_state_conflict',
  'too_many_calls',
  'idempotency_key_reused',
]

export function takesWhatIsValid({ plan, answer }: Exchange): void {
  if (plan.flaw || answer.status < 400) return
  expect(STATE_REFUSALS).toContain(answer.body?.code)
}

/**
 * Where it was looked: what the user could see before and after. A payment that lacked money is
 * listed, as failed; nothing else has changed.
 */
export function changesNothingWhenRefused({ answer, beside }: Exchange): void {
  if (!beside || answer.status < 400) return
  const isListed = answer.body?.code === 'insufficient_funds'
  const rest = isListed ? { '/payments': '' } : {}
  expect({ ...beside.after, ...rest }).toEqual({ ...beside.before, ...rest })
}

/** Where it was asked: status and type as of GET, and nothing after the headers. */
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
