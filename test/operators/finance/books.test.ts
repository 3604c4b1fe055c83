import { runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { describe, expect, it, vi } from 'vitest'
import { kobo } from '../../../src/common/money'
import { computeBooks } from '../../../src/operators/finance/books'
import { dial, newUser, type TestUser, topUp, userWithCredit } from '../../support/client'
import { START, useClock } from '../../support/clock'
import { newOperator } from '../../support/operators'
import { cronDeps, project, settle, simulator } from '../../support/settlements'

useClock()

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
/** Midnight in Lagos, at the end of 2126-03-14. */
const MIDNIGHT = Date.parse('2126-03-14T23:00:00.000Z')

const goTo = (ms: number) => vi.setSystemTime(ms)

/** Sum of the wallets' own ledgers at an instant: of each object, the balance after the last entry before it. */
async function sumOfWallets(beforeMs: number): Promise<number> {
  const rows = await env.DB.prepare('SELECT uuid FROM users').all<{ uuid: string }>()
  let sum = 0
  for (const { uuid } of rows.results)
    for (const wallet of ['primary', 'call_credits'])
      sum += await runInDurableObject(
        env.WALLET.getByName(`${uuid}/${wallet}`),
        (object, { storage }) => {
          object.open()
          const [last] = storage.sql
            .exec<{ balance_kobo: number }>(
              'SELECT balance_kobo FROM entries WHERE posted_at_ms < ? ORDER BY seq DESC LIMIT 1',
              beforeMs,
            )
            .toArray()
          return last?.balance_kobo ?? 0
        },
      )
  return sum
}

const compute = () => computeBooks(cronDeps())

async function booksOf(from = '2126-03-01', to = '2126-03-31') {
  const operator = await newOperator('finance')
  const { body } = await operator.send('GET', `/operator/finance/books?from=${from}&to=${to}`)
  return body.books
}

async function answered(user: TestUser): Promise<string> {
  const path = `/calls/${(await dial(user)).body.uuid}`
  await user.send('PATCH', `${path}/answer`)
  return path
}

/** Moves money between a user's wallets; the other wallet is unreachable, so that it is in transit. */
async function sendLate(user: TestUser): Promise<void> {
  const sender = env.WALLET.getByName(`${user.uuid}/primary`)
  const away = vi.spyOn(env.WALLET, 'getByName').mockImplementation(() => {
    throw new Error('unreachable')
  })
  const order = { uuid: crypto.randomUUID(), to: 'call_credits' as const, amountKobo: kobo(7000) }
  await runInDurableObject(sender, (wallet) => wallet.sendTransfer(order))
  away.mockRestore()
}

describe('the daily book', () => {
  it('has the sum of all wallets at midnight in Lagos as its liability', async () => {
    vi.spyOn(console, 'error').mockImplementation(() => undefined)
    goTo(START)
    const users = [
      await userWithCredit(500),
      await userWithCredit(40),
      await userWithCredit(123.45),
    ]
    const mover = await newUser()
    await topUp(mover, 300, 'primary')
    const reverser = await userWithCredit(250)
    const [payment] = (await reverser.send('GET', '/payments')).body
    const [caller, exhausted] = users as [TestUser, TestUser]
    await mover.send('POST', '/payments', { body: { amount: 50, method: 'wallet' } })
    goTo(MIDNIGHT - 10 * 60_000)
    const done = await answered(caller)
    const over = await answered(exhausted)
    goTo(MIDNIGHT - 5 * 60_000)
    await caller.send('PATCH', `${done}/end`)
    const late = await answered(caller)
    await sendLate(mover)
    await simulator('POST', `/payments/${payment.payment_reference}/refunds`, { amount: 100 })
    goTo(MIDNIGHT - 1)
    await topUp(users[2] as TestUser, 20)
    goTo(MIDNIGHT)
    await topUp(users[2] as TestUser, 30)
    goTo(MIDNIGHT + 20 * 60_000)
    await caller.send('PATCH', `${late}/end`)
    await exhausted.send('GET', over)
    for (const user of [...users, mover, reverser]) await project(user)
    await compute()
    expect(await booksOf()).toEqual([])
    goTo(MIDNIGHT + 30 * 60_000)
    await compute()
    const [book, ...others] = await booksOf()
    const liability = await sumOfWallets(MIDNIGHT)
    expect(others).toEqual([])
    expect(book.liability).toBe(liability / 100)
    expect(book).toMatchObject({
      day: '2126-03-14',
      top_ups: 500 + 40 + 123.45 + 300 + 250 + 20,
      charges: 50 + 40,
      refunds: 100,
      in_transit: 70,
      other: 0,
      difference: 0,
      changes: 0,
    })
    const { top_ups, charges, refunds } = book
    expect(book.liability).toBe(top_ups - charges - refunds - 70)
    await project(mover)
    goTo(MIDNIGHT + DAY_MS + HOUR_MS)
    await settle()
    await compute()
    const [again, next] = await booksOf()
    expect(again).toEqual({ ...book, computed_at: again.computed_at })
    expect(next.day).toBe('2126-03-15')
    expect(next).toMatchObject({ in_transit: 0, difference: 0, top_ups: 30, refunds: 0, fees: 0 })
    expect(next.liability).toBe((await sumOfWallets(MIDNIGHT + DAY_MS)) / 100)
    expect(next.liability).toBe(book.liability + 30 - next.charges + 70)
    goTo(MIDNIGHT + 2 * DAY_MS + HOUR_MS)
    await compute()
    expect((await booksOf()).at(-1)).toMatchObject({ day: '2126-03-16', entries: 0 })
    expect((await booksOf()).at(-1).fees).toBeGreaterThan(0)
  })

  it('is computed again for an entry that was projected late, once each night', async () => {
    const before = (await booksOf()).at(-1)
    goTo(MIDNIGHT + 2 * DAY_MS + 2 * HOUR_MS)
    const user = await userWithCredit(80)
    goTo(MIDNIGHT + 3 * DAY_MS + HOUR_MS)
    await compute()
    const [, , , missing] = await booksOf()
    expect(missing).toMatchObject({ day: '2126-03-17', top_ups: 0, liability: before.liability })
    await project(user)
    await compute()
    expect((await booksOf()).at(-1)).toMatchObject({ top_ups: 0, changes: 0 })
    goTo(MIDNIGHT + 4 * DAY_MS + HOUR_MS)
    await compute()
    const [, , , late, newest] = await booksOf()
    expect(late).toMatchObject({ top_ups: 80, liability: before.liability + 80, changes: 1 })
    expect(newest).toMatchObject({ liability: before.liability + 80, changes: 0, difference: 0 })
  })

  it('shows an entry that is missing as a difference, and as one exception', async () => {
    goTo(MIDNIGHT + 4 * DAY_MS + 2 * HOUR_MS)
    const user = await userWithCredit(60)
    await project(user)
    await env.DB.prepare('DELETE FROM transactions WHERE posted_at_ms = ?').bind(Date.now()).run()
    for (const nights of [5, 6]) {
      goTo(MIDNIGHT + nights * DAY_MS + HOUR_MS)
      await compute()
    }
    const found = (await booksOf()).find(({ day }: { day: string }) => day === '2126-03-19')
    expect(found.difference).toBe(60)
    const operator = await newOperator('viewer')
    const { body } = await operator.send('GET', '/operator/exceptions?kind=audit_finding')
    expect(body.exceptions).toMatchObject([{ subject: 'daily_books/6000', count: 2 }])
  })
})

it('an entry that is older than three days is counted while the books differ', async () => {
  goTo(MIDNIGHT + 8 * DAY_MS + HOUR_MS)
  const moved =
    "UPDATE transactions SET posted_at_ms = ? WHERE reference LIKE 'receipt/%' AND posted_at_ms = ?"
  const entryAtMs = MIDNIGHT + 2 * DAY_MS + 2 * HOUR_MS
  const wasAt = (await booksOf()).find(({ day }: { day: string }) => day === '2126-03-16')
  await env.DB.prepare(moved)
    .bind(entryAtMs - DAY_MS, entryAtMs)
    .run()
  for (let runs = 0; runs < 6; runs++) await compute()
  const before = (await booksOf()).find(({ day }: { day: string }) => day === '2126-03-16')
  expect(before.top_ups).toBe(80)
  expect(before.changes).toBe(wasAt.changes + 1)
})

describe('exports', () => {
  it('have the books and lines as CSV, and formulas are text', async () => {
    goTo(MIDNIGHT + 7 * DAY_MS)
    await env.DB.prepare(
      "UPDATE settlement_lines SET payment_reference = '=1+1', line = 7 WHERE line = 0",
    ).run()
    const operator = await newOperator('finance')
    const period = 'from=2126-03-01&to=2126-03-31'
    const books = await operator.send('GET', `/operator/finance/books.csv?${period}`)
    expect(books.headers.get('Content-Type')).toBe('text/csv; charset=utf-8; header=present')
    expect(books.text.split('\r\n')[0]).toMatch(/^\uFEFF?day,top_ups,charges,refunds,/)
    expect(books.text).toContain('\r\n2126-03-14,1233.45,90.00,100.00,')
    const lines = await operator.send('GET', `/operator/finance/settlements.csv?${period}`)
    expect(lines.text).toContain("'=1+1")
    expect(lines.text).toContain('matched')
    const empty = await operator.send(
      'GET',
      '/operator/finance/settlements.csv?from=2100-01-01&to=2100-01-02',
    )
    expect(empty.text.trim().split('\r\n')).toHaveLength(1)
  })

  it('are limited to ten an hour for each operator, and each is in the log', async () => {
    const operator = await newOperator('admin')
    const path = '/operator/finance/books.csv?from=2126-03-14&to=2126-03-14'
    for (let count = 0; count < 10; count++)
      expect((await operator.send('GET', path)).status).toBe(200)
    expect((await operator.send('GET', path)).status).toBe(429)
    expect((await (await newOperator('admin')).send('GET', path)).status).toBe(200)
    const logged = await env.DB.prepare(
      'SELECT action, subject, outcome FROM operator_actions WHERE operator_uuid = ?',
    )
      .bind(operator.uuid)
      .all()
    expect(logged.results).toHaveLength(10)
    expect(logged.results[0]).toEqual({
      action: 'books_exported',
      subject: '2126-03-14/2126-03-14',
      outcome: 'read',
    })
  })

  it.each(['from=2126-03-02&to=2126-03-01', 'from=2126-03-02', 'from=2126-01-01&to=2127-01-02'])(
    'reject the days %s',
    async (days) => {
      const operator = await newOperator('finance')
      expect((await operator.send('GET', `/operator/finance/books?${days}`)).status).toBe(400)
    },
  )
})

describe('the routes of finance', () => {
  const period = 'from=2126-03-01&to=2126-03-31'
  it.each([
    ['viewer', 'GET', `books?${period}`, 200],
    ['viewer', 'GET', 'settlements', 200],
    ['viewer', 'GET', 'levels', 200],
    ['viewer', 'GET', `books.csv?${period}`, 403],
    ['viewer', 'GET', `settlements.csv?${period}`, 403],
    ['viewer', 'POST', 'settlements/x/import', 403],
    ['support', 'GET', `books?${period}`, 403],
    ['support', 'GET', 'settlements/x', 403],
    ['support', 'GET', 'levels', 403],
    ['finance', 'GET', `settlements.csv?${period}`, 200],
    ['finance', 'POST', 'settlements/x/import', 404],
    ['admin', 'POST', 'settlements/x/import', 404],
  ] as const)('respond to a %s, %s %s, with %i', async (role, method, path, status) => {
    const operator = await newOperator(role)
    const options = method === 'POST' ? { body: { reason: 'A test' } } : {}
    expect((await operator.send(method, `/operator/finance/${path}`, options)).status).toBe(status)
  })
})
