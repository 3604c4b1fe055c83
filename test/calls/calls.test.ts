import { describe, expect, it, vi } from 'vitest'
import { pass, START, useClock } from '../support/clock'
import { atOnce, dial, newUser, statuses, topUp, userWithCredit, walletOf } from '../support/client'

useClock()

describe('a call', () => {
  it('holds ten naira, charges its seconds, and releases the rest', async () => {
    const user = await userWithCredit(50)
    const call = await dial(user)
    expect(call.status).toBe(201)
    expect(call.body).toMatchObject({
      status: 'initiated',
      cost: 10,
      started_at: null,
      must_end_by: '2126-03-14T10:01:00.000Z',
      rate_per_minute: 10,
    })
    expect(call.body.signaling_url).toMatch(
      /^ws:\/\/localhost:8787\/signaling\/[\w-]{36}\?ticket=[\w.-]+$/,
    )
    expect(await walletOf(user)).toMatchObject({ balance: 40, held: 10 })

    pass(3000)
    const answered = await user.send('PATCH', `/calls/${call.body.uuid}/answer`)
    expect(answered.body).toMatchObject({
      status: 'answered',
      started_at: '2126-03-14T10:00:03.000Z',
    })
    pass(61_000)
    expect(await walletOf(user)).toMatchObject({ balance: 39, held: 11 })

    const ended = await user.send('PATCH', `/calls/${call.body.uuid}/end`)
    expect(ended.body).toMatchObject({
      status: 'completed',
      cost: 11,
      duration_seconds: 61,
      end_reason: 'hangup',
      must_end_by: null,
    })
    expect(await walletOf(user)).toMatchObject({ balance: 39, held: 0 })
  })

  it('S50: is cancelled and costs nothing if it is not answered', async () => {
    const user = await userWithCredit(50)
    const { body } = await dial(user)
    const ended = await user.send('PATCH', `/calls/${body.uuid}/end`)
    expect(ended.body).toMatchObject({
      status: 'cancelled',
      cost: 0,
      duration_seconds: 0,
      end_reason: 'hangup',
    })
    expect(await walletOf(user)).toMatchObject({ balance: 50, held: 0 })
  })

  it('S7, S16: ends by itself after ringing for sixty seconds', async () => {
    const user = await userWithCredit(50)
    const { body } = await dial(user)
    pass(60_000)
    const call = await user.send('GET', `/calls/${body.uuid}`)
    expect(call.body).toMatchObject({
      status: 'cancelled',
      end_reason: 'no_answer',
      cost: 0,
      ended_at: '2126-03-14T10:01:00.000Z',
    })
    expect(await walletOf(user)).toMatchObject({ balance: 50, held: 0 })
    expect((await user.send('PATCH', `/calls/${body.uuid}/answer`)).status).toBe(409)
  })

  it('S6: ends at its horizon, and its charge is the whole balance', async () => {
    const user = await userWithCredit(20)
    const { body } = await dial(user)
    const answered = await user.send('PATCH', `/calls/${body.uuid}/answer`)
    expect(answered.body.must_end_by).toBe('2126-03-14T10:02:00.999Z')
    pass(3_600_000)
    const ended = await user.send('PATCH', `/calls/${body.uuid}/end`)
    expect(ended.status).toBe(200)
    expect(ended.body).toMatchObject({
      status: 'completed',
      cost: 20,
      duration_seconds: 120,
      end_reason: 'credit_exhausted',
      ended_at: '2126-03-14T10:02:00.999Z',
    })
    expect(await walletOf(user)).toMatchObject({ balance: 0, held: 0 })
  })

  it('continues after a top-up in its last millisecond, but not after one a millisecond later', async () => {
    for (const [lateMs, seconds, cost] of [
      [0, 180, 30],
      [1, 60, 10],
    ] as const) {
      vi.setSystemTime(START)
      const user = await userWithCredit(10)
      const { body } = await dial(user)
      await user.send('PATCH', `/calls/${body.uuid}/answer`)
      pass(60_999 + lateMs)
      await topUp(user, 20)
      vi.setSystemTime(START + 3_600_000)
      const ended = await user.send('GET', `/calls/${body.uuid}`)
      expect(ended.body).toMatchObject({ duration_seconds: seconds, cost })
      expect((await walletOf(user)).balance).toBe(30 - cost)
    }
  })

  it('S16, S51: ends after four hours, with the reason', async () => {
    const user = await userWithCredit(5000)
    const { body } = await dial(user)
    await user.send('PATCH', `/calls/${body.uuid}/answer`)
    pass(24 * 3_600_000 - 1000)
    const call = await user.send('GET', `/calls/${body.uuid}`)
    expect(call.body).toMatchObject({
      end_reason: 'max_duration',
      duration_seconds: 14_400,
      cost: 2400,
    })
    expect((await walletOf(user)).balance).toBe(2600)
  })

  it('S25: is answered once: a second answer returns it unchanged', async () => {
    const user = await userWithCredit(50)
    const { body } = await dial(user)
    const first = await user.send('PATCH', `/calls/${body.uuid}/answer`)
    pass(5000)
    const second = await user.send('PATCH', `/calls/${body.uuid}/answer`)
    expect(second).toMatchObject({ status: 200, body: first.body })
    expect(second.body.started_at).toBe('2126-03-14T10:00:00.000Z')
    expect(second.headers.get('Wallet-Position')).toBe(first.headers.get('Wallet-Position'))
  })

  it('cannot be answered after its credit ran out', async () => {
    const user = await userWithCredit(10)
    const { body } = await dial(user)
    await user.send('PATCH', `/calls/${body.uuid}/answer`)
    pass(61_000)
    const late = await user.send('PATCH', `/calls/${body.uuid}/answer`)
    expect(late).toMatchObject({ status: 409, body: { code: 'call_state_conflict' } })
  })

  it('S10: ends once, even if it is ended several times', async () => {
    const user = await userWithCredit(50)
    const { body } = await dial(user)
    await user.send('PATCH', `/calls/${body.uuid}/answer`)
    pass(7000)
    const first = await user.send('PATCH', `/calls/${body.uuid}/end`)
    pass(7000)
    const second = await user.send('PATCH', `/calls/${body.uuid}/end`)
    expect(second.body).toEqual(first.body)
    expect((await walletOf(user)).balance).toBe(48)
  })
})

describe('concurrent calls', () => {
  it('S4: one of five calls succeeds if the credit is enough for one', async () => {
    const user = await userWithCredit(10)
    const answers = await atOnce(5, () => dial(user))
    expect(statuses(answers)).toEqual({ 201: 1, 400: 4 })
    expect(await walletOf(user)).toMatchObject({ balance: 0, held: 10 })
  })

  it('S10, S25: concurrent ends and answers settle a call once and never reopen it', async () => {
    const user = await userWithCredit(50)
    const { body } = await dial(user)
    const verbs = ['answer', 'end', 'end', 'answer', 'end', 'answer', 'end', 'end']
    await Promise.all(verbs.map((verb) => user.send('PATCH', `/calls/${body.uuid}/${verb}`)))
    const call = await user.send('GET', `/calls/${body.uuid}`)
    expect(['completed', 'cancelled']).toContain(call.body.status)
    const cost = call.body.status === 'completed' ? 1 : 0
    expect(call.body.cost).toBe(cost)
    expect(await walletOf(user)).toMatchObject({ balance: 50 - cost, held: 0 })
  })

  it('five of twenty calls succeed on fifty naira, and ending them releases all holds', async () => {
    const user = await userWithCredit(50)
    const answers = await atOnce(20, () => dial(user))
    expect(statuses(answers)).toEqual({ 201: 5, 400: 15 })
    expect(await walletOf(user)).toMatchObject({ balance: 0, held: 50 })
    const open = answers.filter(({ status }) => status === 201)
    await Promise.all(open.map(({ body }) => user.send('PATCH', `/calls/${body.uuid}/end`)))
    expect(await walletOf(user)).toMatchObject({ balance: 50, held: 0 })
  })

  it('S23: a wallet has at most five open calls', async () => {
    const user = await userWithCredit(1000)
    for (let open = 0; open < 5; open++) expect((await dial(user)).status).toBe(201)
    const sixth = await dial(user)
    expect(sixth.status).toBe(409)
    expect(sixth.body.code).toBe('too_many_calls')
    expect(await walletOf(user)).toMatchObject({ balance: 950, held: 50 })
  })

  it('S5, S24: without credit for a minute, no call is created', async () => {
    const user = await userWithCredit(9.99)
    const refused = await dial(user)
    expect(refused.status).toBe(400)
    expect(refused.body.code).toBe('insufficient_funds')
    expect((await user.send('GET', '/calls')).body).toEqual([])
    expect((await user.send('PATCH', `/calls/${crypto.randomUUID()}/end`)).status).toBe(404)
    expect(await walletOf(user)).toMatchObject({ balance: 9.99, held: 0 })
  })
})

describe('S26: an idempotency key', () => {
  const headers = { 'Idempotency-Key': 'a-key-of-mine' }

  it('returns the first response to a repeated start, concurrently and later', async () => {
    const user = await userWithCredit(50)
    const answers = await atOnce(20, () => dial(user, { headers }))
    expect(statuses(answers)).toEqual({ 201: 20 })
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1)
    const replayed = answers.filter(({ headers }) => headers.get('Idempotent-Replayed') === 'true')
    expect(replayed).toHaveLength(19)
    await user.send('PATCH', `/calls/${answers[0]?.body.uuid}/end`)
    expect((await dial(user, { headers })).text).toBe(answers[0]?.text)
    expect((await user.send('GET', '/calls')).body).toHaveLength(1)
  })

  it('refuses another body, and belongs to one user', async () => {
    const [user, other] = [await userWithCredit(50), await userWithCredit(50)]
    await dial(user, { headers })
    const body = { recipient_phone: '+2348037654321' }
    const reused = await user.send('POST', '/calls', { body, headers })
    expect(reused.status).toBe(422)
    expect(reused.body.code).toBe('idempotency_key_reused')
    const others = await other.send('POST', '/calls', { body, headers })
    expect(others.status).toBe(201)
    expect(others.headers.get('Idempotent-Replayed')).toBeNull()
  })

  it('can be reused after a refusal', async () => {
    const user = await newUser()
    expect((await dial(user, { headers })).status).toBe(400)
    await topUp(user, 10)
    expect((await dial(user, { headers })).status).toBe(201)
  })
})

describe('the list of calls', () => {
  it('has every call once, newest first, while calls are added', async () => {
    const user = await userWithCredit(50)
    const made: string[] = []
    for (let index = 0; index < 7; index++) {
      const { body } = await dial(user)
      await user.send('PATCH', `/calls/${body.uuid}/end`)
      made.unshift(body.uuid)
    }
    const seen: string[] = []
    let path: string | undefined = '/calls?limit=3&status=cancelled'
    while (path) {
      const { body, headers } = await user.send('GET', path)
      seen.push(...body.map(({ uuid }: { uuid: string }) => uuid))
      path = /^<(.+)>; rel="next"$/.exec(headers.get('Link') ?? '')?.[1]
      if (seen.length === 3) await dial(user)
    }
    expect(seen).toEqual(made)
  })

  it('filters by status and time, and rejects invalid filters and cursors', async () => {
    const user = await userWithCredit(50)
    const first = await dial(user)
    pass(10_000)
    const second = await dial(user)
    const at = new Date(START + 10_000).toISOString()
    expect((await user.send('GET', `/calls?from=${at}`)).body).toMatchObject([
      { uuid: second.body.uuid },
    ])
    expect((await user.send('GET', `/calls?to=${at}`)).body).toMatchObject([
      { uuid: first.body.uuid },
    ])
    expect((await user.send('GET', '/calls?status=completed')).body).toEqual([])
    for (const query of [
      'limit=0',
      'limit=101',
      'limit=x',
      'limit=',
      'limit=1e1',
      'limit=0x10',
      'status=busy',
      'from=yesterday',
      'cursor=%00',
      'cursor=e30',
    ])
      expect((await user.send('GET', `/calls?${query}`)).status, query).toBe(400)
  })
})

describe('commands on a wallet', () => {
  it('have one order: each change has its own revision, and later commands have later ones', async () => {
    const user = await userWithCredit(50)
    const placeOf = ({ headers }: { headers: Headers }) => Number(headers.get('Wallet-Position'))
    const started = await atOnce(5, () => dial(user))
    const places = started.map(placeOf)
    expect(new Set(places).size).toBe(5)
    const body = started[0]?.body
    const answered = await user.send('PATCH', `/calls/${body.uuid}/answer`)
    expect(placeOf(answered)).toBe(Math.max(...places) + 1)
    const refused = await dial(user)
    expect([refused.status, placeOf(refused)]).toEqual([400, placeOf(answered)])
    const read = await user.send('GET', `/calls/${body.uuid}`)
    expect(placeOf(read)).toBe(placeOf(answered))
    const ended = await user.send('PATCH', `/calls/${body.uuid}/end`)
    expect(placeOf(ended)).toBe(placeOf(answered) + 1)
    expect(placeOf(await user.send('PATCH', `/calls/${body.uuid}/end`))).toBe(placeOf(ended))
  })
})
