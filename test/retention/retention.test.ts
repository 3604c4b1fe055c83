import { runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { describe, expect, it, vi } from 'vitest'
import { applyRetention } from '../../src/retention/job'
import { CRON_RULES, RULES } from '../../src/retention/rules'
import { newUser, type TestUser, walletOf } from '../support/client'
import { at, START, useClock } from '../support/clock'
import { paidEvent, sendEvent, type World, worldWith } from '../support/gateway'

useClock()

const DAY_MS = 86_400_000
const UNHASHED = { hashPassword: () => 'none', verifyPassword: () => true }

const rowsOf = async (sql: string, ...values: unknown[]) =>
  (
    await env.DB.prepare(sql)
      .bind(...values)
      .all()
  ).results

const paymentRows = (reference: string) =>
  rowsOf('SELECT * FROM payments WHERE reference = ?', reference.replace(/_a\d+$/, ''))

/** A stream has no tables before it is used. */
async function openStream() {
  const stream = env.STREAM.getByName(`user/${crypto.randomUUID()}`)
  await stream.open()
  return stream
}

describe('every table has a rule', () => {
  const named = (store: string) =>
    RULES.filter((rule) => rule.store === store)
      .map(({ table }) => table)
      .toSorted()
  const TABLES = `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT GLOB 'sqlite_*'
    AND name NOT GLOB '_cf_*' AND name NOT GLOB 'simulator_*' ORDER BY name`

  it('of D1', async () => {
    const tables = await rowsOf(TABLES)
    expect(tables.map(({ name }) => name)).toEqual(named('D1'))
  })

  it.each([
    ['wallet', () => env.WALLET.getByName(`${crypto.randomUUID()}/primary`)],
    ['room', () => env.ROOM.getByName(crypto.randomUUID())],
    ['tariffs', () => env.TARIFFS.getByName(crypto.randomUUID())],
    ['stream', openStream],
  ] as const)('of a %s', async (store, stubOf) => {
    const tables = await runInDurableObject(await stubOf(), (_, { storage }) =>
      storage.sql.exec<{ name: string }>(TABLES).toArray(),
    )
    expect(tables.map(({ name }) => name)).toEqual(named(store))
  })

  it('and each column that starts a period exists', async () => {
    for (const { table, column } of Object.values(CRON_RULES)) {
      const columns = await rowsOf('SELECT name FROM pragma_table_info(?)', table)
      expect(
        columns.map(({ name }) => name),
        table,
      ).toContain(column)
    }
  })
})

describe('a session', () => {
  it('is removed more than a day after it expired, and not before', async () => {
    const { deps, send } = worldWith(UNHASHED)
    const user = await newUser(send)
    const [session] = await rowsOf('SELECT * FROM sessions WHERE user_uuid = ?', user.uuid)
    const expiresAtMs = Number(session?.['expires_at_ms'])
    const count = async () =>
      (await rowsOf('SELECT uuid FROM sessions WHERE user_uuid = ?', user.uuid)).length
    for (const [atMs, left] of [
      [expiresAtMs + DAY_MS, 1],
      [expiresAtMs + DAY_MS + 1, 0],
    ] as const) {
      vi.setSystemTime(atMs)
      await applyRetention(deps)
      expect(await count()).toBe(left)
    }
  })

  it('is kept until its expiry if it ended early, so that a copied token is recognised', async () => {
    const { deps, send } = worldWith(UNHASHED)
    const user = await newUser(send)
    await user.send('POST', '/auth/logout')
    at(3 * DAY_MS)
    await applyRetention(deps)
    expect(await rowsOf('SELECT uuid FROM sessions WHERE user_uuid = ?', user.uuid)).toHaveLength(1)
  })
})

interface TopUp extends World {
  readonly user: TestUser
  readonly reference: string
  readonly uuid: string
}

async function openTopUp(): Promise<TopUp> {
  const world = worldWith(UNHASHED)
  const user = await newUser(world.send)
  const body = { amount: 100, method: 'monnify' }
  const made = await user.send('POST', '/payments', { body })
  return { ...world, user, reference: made.body.payment_reference, uuid: made.body.uuid }
}

/** Expires a payment and ends its polls. */
async function closed(topUp: TopUp): Promise<TopUp> {
  await env.DB.prepare(
    `UPDATE payments SET status = 'expired', failure_reason = 'checkout_expired', next_ask_at_ms = NULL
       WHERE uuid = ?`,
  )
    .bind(topUp.uuid)
    .run()
  return topUp
}

const recordOpen = ({ deps }: TopUp, subject: string) =>
  deps.exceptionStore.record({ kind: 'never_answered', subject, amountKobo: null, atMs: START })

const retiredRows = (reference: string) =>
  rowsOf('SELECT * FROM retired_payments WHERE reference = ?', reference.replace(/_a\d+$/, ''))

/** Logs the user of a retired payment in again, because the earlier session has expired. */
async function loggedIn({ send, user }: TopUp): Promise<string> {
  const { body } = await send('POST', '/auth/login', {
    body: { email: user.email, password: 'correct horse battery' },
  })
  return body.access_token
}

describe('an unpaid payment', () => {
  it('is retired after 90 days, and no longer shown', async () => {
    const topUp = await closed(await openTopUp())
    at(90 * DAY_MS)
    await applyRetention(topUp.deps)
    expect(await paymentRows(topUp.reference)).toHaveLength(1)
    at(90 * DAY_MS + 1)
    await applyRetention(topUp.deps)
    expect(await paymentRows(topUp.reference)).toEqual([])
    expect(await retiredRows(topUp.reference)).toMatchObject([
      { uuid: topUp.uuid, user_uuid: topUp.user.uuid, amount_kobo: 10_000, attempt: 1 },
    ])
    const token = await loggedIn(topUp)
    expect((await topUp.send('GET', `/payments/${topUp.uuid}`, { token })).status).toBe(404)
    expect((await topUp.send('GET', '/payments', { token })).body).toEqual([])
  })

  it.each(['an event', 'a verification'])(
    'is credited once if it is paid after it was retired, by %s',
    async (way) => {
      const topUp = await closed(await openTopUp())
      at(91 * DAY_MS)
      await applyRetention(topUp.deps)
      topUp.gateway.says(topUp.reference, 'PAID', 100)
      const token = await loggedIn(topUp)
      const confirm = () =>
        way === 'an event'
          ? sendEvent(topUp.send, paidEvent(topUp.reference, 100))
          : topUp.send('POST', `/payments/verify/${topUp.reference}`, { token })
      expect((await confirm()).body).toMatchObject(
        way === 'an event' ? { outcome: 'settled' } : { uuid: topUp.uuid, status: 'completed' },
      )
      await confirm()
      const [row] = await paymentRows(topUp.reference)
      expect(row).toMatchObject({ uuid: topUp.uuid, status: 'completed', amount_paid_kobo: 10_000 })
      expect(await retiredRows(topUp.reference)).toEqual([])
      const user: TestUser = {
        ...topUp.user,
        send: (method, path, options) => topUp.send(method, path, { token, ...options }),
      }
      expect((await walletOf(user)).balance).toBe(100)
      at(300 * DAY_MS)
      await applyRetention(topUp.deps)
      expect(await paymentRows(topUp.reference)).toHaveLength(1)
    },
  )

  it('returns when an event names it, and is retired again if it is not paid', async () => {
    const topUp = await closed(await openTopUp())
    at(91 * DAY_MS)
    await applyRetention(topUp.deps)
    await sendEvent(topUp.send, paidEvent(topUp.reference, 100))
    expect(await paymentRows(topUp.reference)).toMatchObject([
      { uuid: topUp.uuid, status: 'expired', next_ask_at_ms: null },
    ])
    await applyRetention(topUp.deps)
    expect(await retiredRows(topUp.reference)).toHaveLength(1)
  })

  it.each([
    ['is still polled', 'next_ask_at_ms = 1'],
    ['is open', "status = 'processing'"],
    ['is completed', "status = 'completed'"],
    ['was paid in part', 'amount_paid_kobo = 1'],
    ['was credited and reversed', 'standing_seq = 2'],
    ['was paid in another currency', "failure_reason = 'currency_mismatch'"],
  ])('stays if it %s', async (_, change) => {
    const topUp = await closed(await openTopUp())
    await env.DB.prepare(`UPDATE payments SET ${change} WHERE uuid = ?`).bind(topUp.uuid).run()
    at(200 * DAY_MS)
    await applyRetention(topUp.deps)
    expect(await paymentRows(topUp.reference)).toHaveLength(1)
  })

  it.each([
    ['kept with an open exception of an attempt', 'open', '_a1', 1],
    ['kept with an open exception of its own reference', 'open', '', 1],
    ['kept with an exception that an operator has taken', 'taken', '_a1', 1],
    ['retired with a resolved exception', 'resolved', '_a1', 0],
    ['retired with an exception of another payment', 'open', '_b', 0],
  ])('is %s', async (_, state, end, kept) => {
    const topUp = await closed(await openTopUp())
    const subject = topUp.reference.replace('_a1', end)
    await recordOpen(topUp, subject)
    await env.DB.prepare('UPDATE exceptions SET state = ? WHERE subject = ?')
      .bind(state, subject)
      .run()
    at(200 * DAY_MS)
    await applyRetention(topUp.deps)
    expect(await paymentRows(topUp.reference)).toHaveLength(kept)
  })

  it('is retired even if three older ones have unresolved exceptions', async () => {
    const topUps: TopUp[] = []
    for (let index = 0; index < 4; index++) {
      const topUp = await closed(await openTopUp())
      await env.DB.prepare('UPDATE payments SET created_at_ms = ? WHERE uuid = ?')
        .bind(index, topUp.uuid)
        .run()
      if (index < 3) await recordOpen(topUp, topUp.reference)
      topUps.push(topUp)
    }
    const last = topUps[3] ?? (await openTopUp())
    expect(await last.deps.removers.payments(4, 1)).toBe(1)
    expect(await retiredRows(last.reference)).toHaveLength(1)
  })

  it.each([
    ['wallet', 'failed', 'not_executed'],
    ['monnify', 'expired', 'checkout_expired'],
  ])('that was retired with the method %s returns as %s', async (method, status, reason) => {
    const topUp = await closed(await openTopUp())
    await env.DB.prepare('UPDATE payments SET method = ? WHERE uuid = ?')
      .bind(method, topUp.uuid)
      .run()
    at(91 * DAY_MS)
    await applyRetention(topUp.deps)
    expect(await paymentRows(topUp.reference)).toEqual([])
    const own = topUp.reference.replace('_a1', '')
    expect(await topUp.deps.paymentStore.byReference(own)).toMatchObject({
      status,
      failureReason: reason,
    })
  })
})

describe('an event', () => {
  it('loses its body 90 days after it arrived, and is still recognised when repeated', async () => {
    const topUp = await openTopUp()
    const event = paidEvent(topUp.reference, 100)
    await sendEvent(topUp.send, event)
    const bodies = () =>
      rowsOf(
        'SELECT body, outcome, times_received FROM webhook_events WHERE payment_reference = ?',
        topUp.reference,
      )
    at(90 * DAY_MS)
    await applyRetention(topUp.deps)
    expect(await bodies()).toMatchObject([{ body: expect.stringContaining(topUp.reference) }])
    at(90 * DAY_MS + 1)
    await applyRetention(topUp.deps)
    await sendEvent(topUp.send, event)
    expect(await bodies()).toEqual([{ body: '', outcome: 'unchanged', times_received: 2 }])
  })

  it('loses its body even if older events have already lost theirs', async () => {
    const { deps } = worldWith(UNHASHED)
    for (const receivedAtMs of [1, 2]) {
      const bodyHash = `old-${receivedAtMs}`
      const times = { timesReceived: 1, receivedAtMs, triedAtMs: receivedAtMs }
      const event = { bodyHash, body: '{}', ...times, nextTryAtMs: null }
      await deps.paymentStore.recordEvent(event)
      await deps.paymentStore.recordOutcome(bodyHash, 'ignored')
    }
    const blanked: number[] = []
    for (let times = 0; times < 3; times++) blanked.push(await deps.removers.webhook_events(3, 1))
    expect(blanked).toEqual([1, 1, 0])
  })

  it('keeps its body if it was not processed', async () => {
    const topUp = await openTopUp()
    topUp.gateway.isDown = true
    await sendEvent(topUp.send, paidEvent(topUp.reference, 100))
    at(200 * DAY_MS)
    await applyRetention(topUp.deps)
    const [row] = await rowsOf(
      'SELECT body, outcome FROM webhook_events WHERE payment_reference = ?',
      topUp.reference,
    )
    expect(row).toMatchObject({ outcome: null, body: expect.stringContaining(topUp.reference) })
  })
})

describe('the job', () => {
  const removersOf = (remove: (beforeMs: number, limit: number) => Promise<number>) => ({
    sessions: remove,
    payments: remove,
    webhook_events: remove,
    messages: remove,
    links: remove,
    used_challenges: remove,
    operator_sessions: remove,
    operator_invitations: remove,
  })

  it('removes a bounded number of rows in bounded statements', async () => {
    const limits: number[] = []
    const remove = async (_: number, limit: number) => limits.push(limit) * 0 + limit
    await applyRetention({ removers: removersOf(remove), now: () => START })
    expect(new Set(limits)).toEqual(new Set([500]))
    expect(limits).toHaveLength(8 * 20)
  })

  it('ends after its time limit, even if rows remain', async () => {
    let nowMs = START
    const instants: number[] = []
    const remove = async (beforeMs: number, limit: number) => {
      instants.push(beforeMs)
      nowMs += 7000
      return limit
    }
    await applyRetention({ removers: removersOf(remove), now: () => nowMs })
    expect(instants).toEqual(Array(3).fill(START - DAY_MS))
  })

  it('applies the other rules if one fails', async () => {
    vi.spyOn(console, 'error').mockImplementation(() => undefined)
    const applied: string[] = []
    const failing = {
      sessions: () => Promise.reject(new Error('D1 is down')),
      payments: async () => applied.push('payments') * 0,
      webhook_events: async () => applied.push('webhook_events') * 0,
      messages: async () => applied.push('messages') * 0,
      links: async () => applied.push('links') * 0,
      used_challenges: async () => applied.push('used_challenges') * 0,
      operator_sessions: async () => applied.push('operator_sessions') * 0,
      operator_invitations: async () => applied.push('operator_invitations') * 0,
    }
    await applyRetention({ removers: failing, now: () => START })
    expect(applied.toSorted()).toEqual([
      'links',
      'messages',
      'operator_invitations',
      'operator_sessions',
      'payments',
      'used_challenges',
      'webhook_events',
    ])
  })
})
