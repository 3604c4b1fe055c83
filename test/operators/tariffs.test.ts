import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { walletUuid } from '../../src/wallets/core/wallet'
import { pass, START, useClock } from '../support/clock'
import { newOperator } from '../support/operators'
import { csvOf, draft, HEADER, publish, staffOf, tariffWorld } from '../support/tariff-world'

useClock()

const MINUTE_MS = 60_000
const SOON = START + 10 * MINUTE_MS
const DAY = '2126-03-13'

const logOf = async (operator: string) =>
  (
    await env.DB.prepare(
      'SELECT action, outcome, subject, reason FROM operator_actions WHERE operator_uuid = ? ORDER BY seq',
    )
      .bind(operator)
      .all()
  ).results

describe('a tariff', () => {
  it('is proposed by one operator and approved by another, and both are in the log', async () => {
    const world = tariffWorld()
    const staff = await staffOf(world)
    const { status, body } = await draft(staff, csvOf({ '+': 1200, '+234': 900 }), SOON)
    expect(status).toBe(201)
    expect(body).toMatchObject({
      version: { version: 1, state: 'draft', rows: 2, author: { uuid: staff.author.uuid } },
      differences: { added: 1, changed: 1, dearer: 1, cheaper: 0 },
      below_cost: { count: 0, first: [] },
    })
    const approve = (operator: typeof staff.author, hash: string) =>
      operator.send('POST', '/operator/tariffs/1/approve', { body: { hash } })
    const { hash } = body.version
    expect(await approve(staff.author, hash)).toMatchObject({
      status: 409,
      body: { code: 'tariff_not_allowed' },
    })
    expect((await approve(staff.approver, 'a'.repeat(64))).status).toBe(409)
    const approved = await approve(staff.approver, hash)
    expect(approved).toMatchObject({
      status: 200,
      body: { state: 'approved', is_in_effect: false },
    })
    expect(await logOf(staff.author.uuid)).toMatchObject([
      { action: 'tariff_proposed', outcome: 'started', reason: 'a test' },
      { action: 'tariff_proposed', outcome: 'done' },
      { action: 'tariff_approved', outcome: 'started', subject: 'tariff/1' },
      { action: 'tariff_approved', outcome: 'refused' },
    ])
    pass(10 * MINUTE_MS)
    const { body: list } = await staff.author.send('GET', '/operator/tariffs')
    expect(list).toMatchObject({ in_effect: 1, next: null, costs: null })
    expect(list.versions).toMatchObject([{ version: 1, is_in_effect: true }])
  })

  it('in a CSV with errors is rejected with each line and column, and leaves no entry', async () => {
    const staff = await staffOf(tariffWorld())
    const csv = `${HEADER}\nok,+234,,,1000,1\nbad,+44,fax,,ten,1`
    const { status, body } = await draft(staff, csv, SOON)
    expect(status).toBe(400)
    expect(body.errors).toEqual([
      { pointer: '/csv', message: 'line 3, column type: must be audio or video; omit it for both' },
      { pointer: '/csv', message: 'line 3, column kobo_per_minute: must be a whole number' },
    ])
    expect(await logOf(staff.author.uuid)).toEqual([])
  })

  it('of 20,000 rows is accepted and shown in pages; a body above 4 MiB is rejected', async () => {
    const staff = await staffOf(tariffWorld())
    const prices = Object.fromEntries(
      Array.from({ length: 20_000 }, (_, i) => [`+234${10_000 + i}`, 1000 + (i % 100)]),
    )
    expect((await draft(staff, csvOf(prices), SOON)).status).toBe(201)
    const { body, text } = await staff.author.send('GET', '/operator/tariffs/1')
    expect(body).toMatchObject({ version: { rows: 20_000 }, next: 100 })
    expect(text.length).toBeLessThan(50_000)
    const last = await staff.author.send('GET', '/operator/tariffs/1?offset=19900&limit=500')
    expect(last.body.rows).toHaveLength(100)
    expect(last.body.next).toBeNull()
    const differences = await staff.author.send('GET', '/operator/tariffs/1/differences')
    expect(differences.body.counts).toMatchObject({ added: 20_000 })
    expect(differences.body.differences).toHaveLength(100)
    const tooLarge = await draft(staff, 'x'.repeat(5 * 1024 * 1024), SOON)
    expect(tooLarge.status).toBe(413)
  })

  it('is compared with the version that it follows', async () => {
    const staff = await staffOf(tariffWorld())
    await publish(staff, csvOf({ '+234': 1000, '+44': 2000, '+1': 3000 }), SOON)
    await draft(staff, csvOf({ '+234': 1100, '+44': 2000, '+33': 500 }), SOON + MINUTE_MS)
    const { body } = await staff.approver.send('GET', '/operator/tariffs/2/differences')
    expect(body).toMatchObject({
      compared_with: 1,
      counts: { added: 1, removed: 1, changed: 1, dearer: 1, cheaper: 0 },
    })
    expect(
      body.differences.map(({ kind, before, after }: Record<string, { prefix: string } | null>) => [
        kind,
        before?.prefix,
        after?.prefix,
      ]),
    ).toEqual([
      ['changed', '+234', '+234'],
      ['added', undefined, '+33'],
      ['removed', '+1', undefined],
    ])
  })

  it('below its costs is shown as such, and cannot be approved', async () => {
    const staff = await staffOf(tariffWorld())
    const csv = 'prefix,cost_kobo_per_minute\n+234803,950\n'
    const set = await staff.author.send('POST', '/operator/tariffs/costs', { body: { csv } })
    expect(set).toMatchObject({ status: 200, body: { rows: 1 } })
    const { body } = await draft(staff, csvOf({ '+234': 900 }), SOON)
    expect(body.below_cost).toMatchObject({
      count: 2,
      first: [
        { prefix: '+234803', type: 'audio', kobo_per_minute: 900, cost_kobo_per_minute: 950 },
        {},
      ],
    })
    const { hash } = body.version
    const path = '/operator/tariffs/1/approve'
    const refused = await staff.approver.send('POST', path, { body: { hash } })
    expect(refused).toMatchObject({ status: 409, body: { code: 'tariff_not_allowed' } })
  })

  it.each([
    ['was disabled', 'UPDATE operators SET disabled_at_ms = 1'],
    ['is now a viewer', "UPDATE operators SET role = 'viewer'"],
  ])('of an author who %s is not approved', async (_, statement) => {
    const staff = await staffOf(tariffWorld())
    const { body } = await draft(staff, csvOf({ '+53': 1 }), SOON)
    await env.DB.prepare(`${statement} WHERE uuid = ?`).bind(staff.author.uuid).run()
    const { hash } = body.version
    const path = '/operator/tariffs/1/approve'
    expect(await staff.approver.send('POST', path, { body: { hash } })).toMatchObject({
      status: 409,
      body: { code: 'tariff_not_allowed' },
    })
  })

  it('above costs that its author has set needs costs of another operator', async () => {
    const staff = await staffOf(tariffWorld())
    const setCosts = (by: typeof staff.author, koboPerMinute: number) => {
      const csv = `prefix,cost_kobo_per_minute\n+53,${koboPerMinute}\n`
      return by.send('POST', '/operator/tariffs/costs', { body: { csv } })
    }
    await setCosts(staff.approver, 90_000)
    const { body } = await draft(staff, csvOf({ '+53': 1 }), SOON)
    await setCosts(staff.author, 0)
    const approve = () =>
      staff.approver.send('POST', '/operator/tariffs/1/approve', {
        body: { hash: body.version.hash },
      })
    expect(await approve()).toMatchObject({ status: 409, body: { code: 'tariff_not_allowed' } })
    await setCosts(staff.approver, 1)
    expect((await approve()).status).toBe(200)
  })

  it.each(['/operator/tariffs', '/operator/tariffs/costs'])(
    'sent to %s by a stranger or a viewer is rejected before its body is read',
    async (path) => {
      const { send } = tariffWorld()
      const body = { csv: 'x'.repeat(5 * 1024 * 1024) }
      expect((await send('POST', path, { body })).status).toBe(401)
      const viewer = await newOperator('viewer', send)
      expect((await viewer.send('POST', path, { body })).status).toBe(403)
    },
  )

  it('is withdrawn with a reason, but not when it is about to take effect', async () => {
    const staff = await staffOf(tariffWorld())
    const version = await publish(staff, csvOf({ '+': 900 }), SOON)
    const withdraw = (number: number) =>
      staff.author.send('POST', `/operator/tariffs/${number}/withdraw`, {
        body: { reason: 'a wrong price' },
      })
    expect(await withdraw(version)).toMatchObject({ status: 200, body: { state: 'withdrawn' } })
    const other = await publish(staff, csvOf({ '+': 900 }), SOON)
    pass(5 * MINUTE_MS + 1)
    expect((await withdraw(other)).body.code).toBe('tariff_not_allowed')
  })

  it.each([
    ['support', 'POST', '/operator/tariffs', 403],
    ['viewer', 'POST', '/operator/tariffs/costs', 403],
    ['support', 'POST', '/operator/tariffs/1/approve', 403],
    ['viewer', 'POST', '/operator/tariffs/1/withdraw', 403],
    ['viewer', 'GET', '/operator/tariffs', 200],
    ['support', 'GET', '/operator/tariffs/1', 404],
  ] as const)('%s: %s %s returns %i', async (role, method, path, status) => {
    const operator = await newOperator(role, tariffWorld().send)
    const bodies: Record<string, object> = {
      '/operator/tariffs': { csv: 'x', effective_at: new Date(SOON).toISOString(), note: 'note' },
      '/operator/tariffs/costs': { csv: 'x' },
      '/operator/tariffs/1/approve': { hash: 'a'.repeat(64) },
      '/operator/tariffs/1/withdraw': { reason: 'reason' },
    }
    const options = method === 'POST' ? { body: bodies[path] } : {}
    expect((await operator.send(method, path, options)).status).toBe(status)
  })
})

describe('a dry run', () => {
  it('is limited for each operator, because it reads the calls of a day', async () => {
    const world = tariffWorld()
    const { policies } = world.deps
    const operatorDryRuns = { ...policies.operatorDryRuns, quota: 1 }
    const staff = await staffOf(world.isolate({ policies: { ...policies, operatorDryRuns } }))
    await draft(staff, csvOf({ '+234': 1100 }), SOON)
    const run = (operator: typeof staff.author) =>
      operator.send('POST', '/operator/tariffs/1/dry-run', { body: {} })
    expect((await run(staff.author)).status).toBe(200)
    expect(await run(staff.author)).toMatchObject({
      status: 429,
      body: { 'violated-policies': ['operator-dry-runs'] },
    })
    expect((await run(staff.approver)).status).toBe(200)
  })

  /** A call of a minute that ended on the day, at 10 NGN. */
  const insertCall = (phone: string, endedAt: string, seconds = 60, chargeKobo = 1000) => {
    const endedAtMs = Date.parse(endedAt)
    const uuid = crypto.randomUUID()
    return env.DB.prepare(
      `INSERT INTO call_sessions (uuid, wallet_uuid, recipient_phone, type, status, rate, hold_kobo, charge_kobo,
         created_at_ms, started_at_ms, ended_at_ms, end_reason, change)
       VALUES (?, ?, ?, 'audio', 'completed', '{}', 1000, ?, ?, ?, ?, 'hangup', 1)`,
    ).bind(
      uuid,
      walletUuid({ userUuid: uuid, type: 'call_credits' }),
      phone,
      chargeKobo,
      endedAtMs - seconds * 1000,
      endedAtMs - seconds * 1000,
      endedAtMs,
    )
  }

  it("prices yesterday's calls again, by the day in Lagos, without a phone number", async () => {
    const staff = await staffOf(tariffWorld())
    await env.DB.batch([
      insertCall('+2348031234567', '2126-03-12T22:59:59.999Z'),
      insertCall('+2348031234567', '2126-03-12T23:00:00.000Z'),
      insertCall('+2348031234567', '2126-03-13T12:00:00.000Z', 120, 2000),
      insertCall('+442079460958', '2126-03-13T22:59:59.999Z'),
      insertCall('+33612345678', '2126-03-13T12:00:00.000Z'),
      insertCall('+14155550123', '2126-03-13T12:00:00.000Z'),
      insertCall('', '2126-03-13T12:00:00.000Z'),
      insertCall('+2348031234567', '2126-03-13T23:00:00.000Z'),
    ])
    await draft(staff, csvOf({ '+234': 1100, '+44': 400, '+33': 1000 }), SOON)
    const path = '/operator/tariffs/1/dry-run'
    const { status, body, text } = await staff.author.send('POST', path, { body: {} })
    expect(status).toBe(200)
    expect(body).toEqual({
      version: 1,
      day: DAY,
      calls: 5,
      charged_kobo: 6000,
      would_be_kobo: 1100 + 2200 + 400 + 1000,
      dearer: 2,
      cheaper: 1,
      same: 1,
      not_allowed: 1,
      without_number: 1,
      is_partial: false,
      greatest: [
        { prefix: null, type: 'audio', calls: 1, charged_kobo: 1000, would_be_kobo: 0 },
        { prefix: '+44', type: 'audio', calls: 1, charged_kobo: 1000, would_be_kobo: 400 },
        { prefix: '+234', type: 'audio', calls: 2, charged_kobo: 3000, would_be_kobo: 3300 },
      ],
    })
    expect(text).not.toMatch(/\d{9}/)
    const other = await staff.author.send('POST', path, { body: { day: '2126-03-12' } })
    expect(other.body).toMatchObject({ calls: 1, is_partial: false })
    const none = await staff.author.send('POST', path, { body: { day: '2126-02-30' } })
    expect(none.status).toBe(404)
  })

  it('reads page after page, and says that it is partial at its bound', async () => {
    const { dryRun } = await import('../../src/operators/tariffs/service')
    const world = tariffWorld()
    const staff = await staffOf(world)
    await draft(staff, csvOf({ '+': 900 }), SOON)
    const starts: string[] = []
    const call = {
      phone: '+2348031234567',
      type: 'audio' as const,
      startedAtMs: 0,
      endedAtMs: 60_000,
      chargeKobo: 1000 as never,
    }
    const endless = {
      ...world.deps,
      dryRunCalls: (_: object, after: string) => {
        starts.push(after)
        return Promise.resolve({ calls: [call], next: `${starts.length}` })
      },
    }
    expect(await dryRun(endless, 1, DAY)).toMatchObject({
      value: { isPartial: true, run: { calls: 25 } },
    })
    expect(starts).toHaveLength(25)
    const paged = { ...world.deps, dryRunCalls: world.deps.dryRunCalls }
    expect(await dryRun(paged, 1, DAY)).toMatchObject({ value: { isPartial: false } })
  })
})
