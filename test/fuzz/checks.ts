/** What holds for every exchange. Each check throws; its name is the promise that was broken. */
import { expect } from 'vitest'
import { type Answer, holdToConventions } from '../support/client'
import { holdToDocument } from '../support/documented'
import type { Exchange } from './exchange'

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

const ALL = [
  answersWithoutFault,
  answersByTheConventions,
  answersAsDeclared,
  refusesWhatIsFlawed,
  takesWhatIsValid,
]

export function judge(exchange: Exchange, show: (exchange: Exchange) => string): void {
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

/** The same headers as GET, and nothing after them. */
export function answersHeadAsGet(get: Answer, head: Answer): void {
  expect(head.text).toBe('')
  expect(head.status).toBe(get.status)
  expect(head.headers.get('Content-Type')).toBe(get.headers.get('Content-Type'))
}

export function changesNothingWhenRefused(before: string, after: string): void {
  expect(after).toBe(before)
}
