import { describe, expect, it } from 'vitest'
import { bodyOf } from '../../client/client'
import { ApiError, knownProblem, type Problem } from '../../client/problem'
import { PROBLEM_STATUSES } from '../../client/problem-codes'
import { PROBLEMS } from '../../src/http/problems'

const problem: Problem = {
  type: '/problems/rate_limited',
  title: 'Too many requests',
  status: 429,
  detail: 'Wait for 3 s.',
  instance: '/calls',
  code: 'rate_limited',
  request_id: 'r1',
  'violated-policies': ['calls'],
}
const failed = (body: unknown, headers = {}) =>
  bodyOf<unknown>(
    Promise.resolve({
      error: body as Problem,
      response: new Response('', { status: 429, headers }),
    }),
  )
const caught = (body: unknown, headers?: object) =>
  failed(body, headers).then(
    () => undefined,
    (error: unknown) => error,
  )

describe('a failed request', () => {
  it('throws its problem, with the wait that the service asks for', async () => {
    const error = await caught(problem, { 'Retry-After': '3' })
    expect(error).toBeInstanceOf(ApiError)
    expect(error).toMatchObject({ status: 429, message: problem.detail, retryAfterSeconds: 3 })
  })

  it('throws an error with the status if the body is not a problem', async () => {
    const error = await caught(undefined)
    expect(error).toMatchObject({ message: 'The request failed with status 429.' })
    expect(error).toMatchObject({ problem: undefined, retryAfterSeconds: undefined })
    expect(knownProblem(error)).toBeUndefined()
  })

  it.each([
    ['<html>bad gateway</html>'],
    [null],
    [[]],
    [7],
    [{ code: 'rate_limited' }],
    [{ code: ['rate_limited'], detail: { a: 1 } }],
  ])('has no problem if the body is %j', async (body) => {
    const error = await caught(body)
    expect(error).toMatchObject({
      problem: undefined,
      message: 'The request failed with status 429.',
    })
    expect(knownProblem(error)).toBeUndefined()
  })

  it.each([
    [{ ...problem, status: 200 }],
    [{ ...problem, code: 'validation_failed', status: 400 }],
  ])('has no known problem if its members contradict its code: %j', async (body) => {
    expect(knownProblem(await caught(body))).toBeUndefined()
  })

  it.each([
    ['3', 3],
    ['0', 0],
    [new Date(Date.now() + 60_000).toUTCString(), 60],
    ['', undefined],
    ['0x1', undefined],
    ['soon', undefined],
  ])('with Retry-After %j can be sent again after %j seconds', async (text, seconds) => {
    const error = (await caught(problem, { 'Retry-After': text })) as ApiError
    if (seconds === undefined) expect(error.retryAfterSeconds).toBeUndefined()
    else expect(Math.abs((error.retryAfterSeconds ?? Infinity) - seconds)).toBeLessThanOrEqual(1)
  })

  it('has members that depend on its code', async () => {
    const known = knownProblem(await caught(problem))
    expect(known?.code === 'rate_limited' && known['violated-policies']).toEqual(['calls'])
  })

  it('has no known problem if its code is newer than the client, or the error is not an ApiError', async () => {
    expect(knownProblem(await caught({ ...problem, code: 'brand_new' }))).toBeUndefined()
    expect(knownProblem(await caught({ ...problem, code: 'toString' }))).toBeUndefined()
    expect(knownProblem(new Error('offline'))).toBeUndefined()
  })
})

it('the client knows the codes and statuses of the service', () => {
  const statuses = Object.entries(PROBLEMS).map(([code, { status }]) => [code, status])
  expect(PROBLEM_STATUSES).toEqual(Object.fromEntries(statuses))
})
