/** Rules over several requests: use after the end, repeats, and new resources. */
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest'
import { logIn } from '../../support/accounts'
import { type Answer, dial, newUser, type TestUser } from '../../support/client'
import { type Operation, operations, sampleOf, secured } from '../../support/documented'
import { validPlans } from './requests'
import { type FuzzWorld, openWorld } from './world'

const { freshSeed: seed } = inject('fuzz')
const RUNS = 30

let world: FuzzWorld

beforeAll(async () => {
  world = await openWorld()
}, 60_000)

afterAll(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

describe('a logged-out session', () => {
  let ended: TestUser

  beforeAll(async () => {
    const user = await newUser(world.send)
    const { body } = await logIn(world.send, user.email)
    ended = { ...user, token: body.access_token, refreshToken: body.refresh_token }
    await world.send('POST', '/auth/logout', { token: ended.token })
  })

  it.each(secured)('cannot use $method $path', async (operation) => {
    const { method, path, body } = sampleOf(operation)
    const answer = await world.send(method, path, { token: ended.token, body })
    expect(answer).toMatchObject({ status: 401, body: { code: 'unauthenticated' } })
  })

  it('cannot be refreshed', async () => {
    const body = { refresh_token: ended.refreshToken }
    expect((await world.send('POST', '/auth/refresh', { body })).status).toBe(401)
  })
})

type Step = 'answer' | 'end' | 'end?reason=busy' | 'ticket' | 'wait'

const stepsOfCall = fc.array(
  fc.constantFrom<Step[]>('answer', 'end', 'end?reason=busy', 'ticket', 'wait'),
  { minLength: 1, maxLength: 8 },
)

/** Follows the table in docs/calls.md. A wait is longer than the ring time-out, and shorter than a call may last. */
function expected(step: Step, status: string): { answers: number[]; next: string } {
  if (step === 'ticket') return { answers: [201], next: status }
  if (step === 'wait') return { answers: [], next: status === 'ringing' ? 'ended' : status }
  if (status === 'ended') return { answers: [step === 'answer' ? 409 : 200], next: status }
  if (step === 'answer') return { answers: [200], next: 'answered' }
  if (step === 'end') return { answers: [200], next: 'ended' }
  return status === 'ringing' ? { answers: [200], next: 'ended' } : { answers: [409], next: status }
}

describe('a call', () => {
  it('that has ended does not change, whatever requests follow', async () => {
    const property = fc.asyncProperty(stepsOfCall, async (steps) => {
      const { owner } = world
      const { uuid } = (await dial(owner)).body
      let status = 'ringing'
      let asItEnded: string | undefined
      for (const step of steps) {
        const { answers, next } = expected(step, status)
        if (step === 'wait') vi.setSystemTime(Date.now() + 61_000)
        else {
          const answer = await owner.send(
            step === 'ticket' ? 'POST' : 'PATCH',
            `/calls/${uuid}/${step}`,
          )
          expect(answers, `${step} of a call that is ${status}`).toContain(answer.status)
        }
        status = next
        if (status !== 'ended') continue
        const { text } = await owner.send('GET', `/calls/${uuid}`)
        expect(text).toBe((asItEnded ??= text))
      }
      await owner.send('PATCH', `/calls/${uuid}/end`)
    })
    await fc.assert(property, { seed, numRuns: RUNS, includeErrorInReport: true })
  }, 60_000)
})

/** Those below another resource need one in a certain state; `refunds.test.ts` tests their keys. */
const keyed = operations.filter(
  ({ parameters = [], path }) =>
    !path.includes('{') && parameters.some(({ name }) => name === 'idempotency-key'),
)

describe('an idempotency key', () => {
  const post = ({ path }: Operation, key: string, body: unknown): Promise<Answer> =>
    world.owner.send('POST', path, { body, headers: { 'idempotency-key': key } })

  it.each(keyed)(
    'of $method $path returns one response for one body, and refuses others',
    async (operation) => {
      const { path } = operation
      const bodies = validPlans(operation).map(({ json }) => json as Record<string, unknown>)
      const property = fc.asyncProperty(bodies, fc.uuid(), async (body, key) => {
        const first = await post(operation, key, body)
        fc.pre(first.status === 201)
        const again = await post(operation, key, body)
        expect(again).toMatchObject({ status: 201, text: first.text })
        expect(again.headers.get('Idempotent-Replayed')).toBe('true')
        const other = path === '/calls' ? { recipient_name: 'Another' } : { description: 'Another' }
        expect((await post(operation, key, { ...body, ...other })).status).toBe(422)
        const made = await world.owner.send('GET', first.headers.get('Location') ?? '')
        expect(made).toMatchObject({ status: 200, body: { uuid: first.body.uuid } })
        if (path === '/calls') await world.owner.send('PATCH', `/calls/${made.body.uuid}/end`)
      })
      await fc.assert(property, { seed, numRuns: RUNS, includeErrorInReport: true })
    },
    60_000,
  )
})
