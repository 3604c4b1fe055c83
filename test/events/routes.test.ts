/** `GET /events` in the runtime. */
import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { MAX_WAITERS } from '../../src/events/object/waiters'
import { eventId, type NewEvent } from '../../src/outbox/event'
import { type Answer, newUser, send, type TestUser } from '../support/client'
import { START, useClock } from '../support/clock'
import { newKeyOf, revoke } from '../support/keys'

useClock()

const eventOf = (cause: string, type = 'call.ended'): NewEvent => ({
  id: eventId(cause),
  type,
  version: 1,
  atMs: START,
  data: { cause, balance: 39.5, call_uuid: null },
})

const streamOf = ({ uuid }: TestUser) => env.STREAM.getByName(`user/${uuid}`)

async function userWithStream(...types: readonly string[]): Promise<TestUser> {
  const user = await newUser()
  await streamOf(user).open()
  await streamOf(user).append(types.map((type, index) => eventOf(`${user.uuid}/${index}`, type)))
  return user
}

const nextOf = ({ headers }: Answer) => /^<(.+)>; rel="next"$/.exec(headers.get('Link') ?? '')?.[1]

const sequencesOf = ({ body }: Answer) =>
  (body as { sequence: number }[]).map(({ sequence }) => sequence)

describe('GET /events', () => {
  it('returns events as they are sent to endpoints, and is not cached', async () => {
    const user = await userWithStream('call.ended')
    const answer = await user.send('GET', '/events')
    expect(answer.status).toBe(200)
    expect(answer.headers.get('Cache-Control')).toBe('no-store')
    expect(answer.body).toEqual([
      {
        id: eventId(`${user.uuid}/0`),
        type: 'call.ended',
        version: 1,
        sequence: 1,
        timestamp: new Date(START).toISOString(),
        data: { cause: `${user.uuid}/0`, balance: 39.5, call_uuid: null },
      },
    ])
  })

  it('continues at the link, which every page has', async () => {
    const user = await userWithStream('credit.low', 'call.ended', 'call.ended')
    const first = await user.send('GET', '/events?limit=2')
    expect(sequencesOf(first)).toEqual([1, 2])
    expect(nextOf(first)).toBe('/events?limit=2&after=2')
    const second = await user.send('GET', nextOf(first) ?? '')
    expect(sequencesOf(second)).toEqual([3])
    const third = await user.send('GET', nextOf(second) ?? '')
    expect([third.body, nextOf(third)]).toEqual([[], '/events?limit=2&after=3'])
    await streamOf(user).append([eventOf(`${user.uuid}/new`)])
    expect(sequencesOf(await user.send('GET', nextOf(third) ?? ''))).toEqual([4])
  })

  it('returns only the types that are named, and passes the others', async () => {
    const user = await userWithStream('credit.low', 'call.ended', 'credit.low', 'wallet.frozen')
    const one = await user.send('GET', '/events?types=credit.low')
    expect(sequencesOf(one)).toEqual([1, 3])
    expect(nextOf(one)).toBe('/events?types=credit.low&after=4')
    const two = await user.send('GET', '/events?types=wallet.frozen,call.ended&after=1')
    expect(sequencesOf(two)).toEqual([2, 4])
  })

  it('returns types that this release does not know', async () => {
    const user = await userWithStream('invoice.drafted')
    expect((await user.send('GET', '/events')).body).toMatchObject([{ type: 'invoice.drafted' }])
  })

  it('waits for an event and returns it', async () => {
    const user = await userWithStream()
    const waiting = user.send('GET', '/events?wait=25')
    await streamOf(user).append([eventOf(`${user.uuid}/awaited`)])
    expect(sequencesOf(await waiting)).toEqual([1])
  })

  it('is refused at once when its key is revoked while it waits', async () => {
    const user = await userWithStream()
    const key = await newKeyOf(user, ['events:read'])
    const requests = Array.from({ length: MAX_WAITERS + 1 }, () =>
      key.send('GET', '/events?wait=25'),
    )
    /** One is refused because all others wait. */
    expect((await Promise.race(requests)).status).toBe(429)
    await revoke(user, key.uuid)
    const answers = await Promise.all(requests)
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(MAX_WAITERS)
  })

  it(`refuses one of ${MAX_WAITERS + 1} requests that wait`, async () => {
    const user = await userWithStream()
    const waiting = Array.from({ length: MAX_WAITERS + 1 }, () =>
      user.send('GET', '/events?wait=25'),
    )
    const refused = await Promise.race(waiting)
    expect([refused.status, refused.body.code]).toEqual([429, 'too_many_polls'])
    await streamOf(user).append([eventOf(`${user.uuid}/awaited`)])
    const answers = await Promise.all(waiting)
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(MAX_WAITERS)
  })

  it('is refused without a stream, and after its erasure', async () => {
    const user = await newUser()
    const refused = { status: 409, body: { code: 'no_stream' } }
    expect(await user.send('GET', '/events')).toMatchObject(refused)
    await streamOf(user).open()
    expect((await user.send('GET', '/events')).status).toBe(200)
    await streamOf(user).erase()
    expect(await user.send('GET', '/events?wait=25')).toMatchObject(refused)
  })

  it("returns only the caller's own events", async () => {
    const [one, other] = [await userWithStream('call.ended'), await userWithStream()]
    expect(sequencesOf(await one.send('GET', '/events'))).toEqual([1])
    expect((await other.send('GET', '/events')).body).toEqual([])
  })

  it('is refused without a token', async () => {
    expect((await send('GET', '/events')).status).toBe(401)
  })

  it.each([
    'after=-1',
    'after=1.5',
    'after=x',
    'after=1000000000000000',
    'after=',
    'limit=0',
    'limit=501',
    'wait=-1',
    'wait=26',
    'wait=1s',
    'types=',
    'types=unknown.type',
    'types=call.ended,',
    'types=call.ended,%20call.ringing',
    'types=constructor',
    `types=${'call.ended,'.repeat(50)}call.ended`,
  ])('is refused for ?%s', async (query) => {
    const user = await userWithStream()
    const answer = await user.send('GET', `/events?${query}`)
    expect([answer.status, answer.body.code]).toEqual([400, 'validation_failed'])
  })

  it.each(['after=999999999999999', 'limit=500', 'limit=1', 'after=0&wait=0', 'types=call.ended'])(
    'accepts ?%s',
    async (query) => {
      const user = await userWithStream()
      expect((await user.send('GET', `/events?${query}`)).body).toEqual([])
    },
  )
})
