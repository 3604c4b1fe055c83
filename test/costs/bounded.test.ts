/** The rows that a list reads are limited by its page, for any filter and any length of history. */
import { env } from 'cloudflare:workers'
import { drizzle } from 'drizzle-orm/d1'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import { createDeps } from '../../src/deps'
import { createExceptionStore } from '../../src/exceptions/store'
import { createLookupStore } from '../../src/operators/customers/lookup-store'
import { createPaymentStore } from '../../src/payments/store'
import { sweepPayments } from '../../src/payments/sweep'
import { atOnce, newUser, type TestUser, walletOf } from '../support/client'
import { START, useClock } from '../support/clock'
import { costOf, installCounters } from '../support/counts'
import { giveLongPast } from '../support/long-wallet'

useClock()
beforeAll(installCounters)

const PAST = 10_000
const LIMIT = 10
/** Rows besides the page: the caller, the session, and one row beyond the page. */
const BESIDE = 12
/** A wallet finds both ends of a period by binary search. */
const SEARCH = 2 * Math.ceil(Math.log2(PAST)) + 4

const NUMBERS = 'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?1)'
const iso = (ms: number) => encodeURIComponent(new Date(ms).toISOString())

/** Inserts one failed payment per second up to now, except an expired one in the middle. */
const givePayments = ({ uuid }: TestUser) =>
  env.DB.prepare(
    `${NUMBERS} INSERT INTO payments (uuid, user_uuid, method, wallet_type, amount_kobo, status,
         reference, attempt, monnify_reference, amount_paid_kobo, standing_seq, failure_reason, created_at_ms)
       SELECT substr(?2, 1, 24) || printf('%012d', i), ?2, 'monnify', 'primary', 100,
         iif(i = ?1 / 2, 'expired', 'failed'), 'AIL-' || printf('%032x', i), 1, 'MNFY' || i, 0, 0,
         'declined', ?3 - (?1 - i) * 1000 FROM n`,
  )
    .bind(PAST, uuid, START)
    .run()

/** Inserts ended sessions of a user, and as many expired ones. */
const giveSessions = async ({ uuid }: TestUser): Promise<void> => {
  for (const [kind, expiresAtMs, revokedAtMs] of [
    ['ended', START + 86_400_000, START - 1],
    ['expired', START - 1, null],
  ] as const)
    await env.DB.prepare(
      `${NUMBERS} INSERT INTO sessions (uuid, user_uuid, refresh_token_hash, created_at_ms, last_used_at_ms,
           expires_at_ms, revoked_at_ms)
         SELECT ?2 || '/' || ?3 || i, ?2, 'none', ?4, ?4 + i, ?5, ?6 FROM n`,
    )
      .bind(PAST, uuid, kind, START - 86_400_000, expiresAtMs, revokedAtMs)
      .run()
}

/** Inserts events that failed for the last time two days ago. */
const giveEvents = () =>
  env.DB.prepare(
    `${NUMBERS} INSERT INTO webhook_events (body_hash, body, payment_reference, times_received,
         received_at_ms, tried_at_ms, outcome)
       SELECT 'old' || i, '{}', 'AIL-old' || i, 1, ?2, ?2 + 86400000, 'unknown_reference' FROM n`,
  )
    .bind(PAST, START - 2 * 86_400_000 - 1)
    .run()

const giveExceptions = () =>
  env.DB.prepare(
    `${NUMBERS} INSERT INTO exceptions (kind, subject, first_at_ms, last_at_ms, count, state)
       SELECT 'currency_mismatch', 'AIL-odd' || i, 0, 0, 1, 'open' FROM n`,
  )
    .bind(PAST)
    .run()

let user: TestUser
beforeAll(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: START })
  user = await newUser()
  await givePayments(user)
  await giveSessions(user)
  await giveEvents()
  await giveExceptions()
})

const rowsOf = async (operation: () => Promise<unknown>): Promise<number> => {
  const { rowsRead, d1Rows } = await costOf(operation)
  return rowsRead + (d1Rows?.read ?? 0)
}

const PERIOD = `from=${iso(START - 86_400_000 * 365)}&to=${iso(START - 1000)}`

describe('with ten thousand payments and sessions outside the filter', () => {
  it.each([
    '/payments?',
    '/payments?status=completed',
    '/payments?status=expired',
    '/payments?status=failed',
    `/payments?${PERIOD}`,
    `/payments?${PERIOD}&status=expired`,
    `/payments?${PERIOD}&status=completed`,
    `/payments?from=${iso(START + 1000)}`,
    `/payments?to=${iso(0)}`,
    '/auth/sessions?',
  ])('%s reads at most one page', async (path) => {
    const rows = await rowsOf(async () => {
      expect((await user.send('GET', `${path}&limit=${LIMIT}`)).status).toBe(200)
    })
    expect(rows).toBeLessThanOrEqual(LIMIT + BESIDE)
  })

  it.each(['', '&status=failed', `&${PERIOD}`, `&${PERIOD}&status=failed`])(
    'a late page of /payments%s reads no more than the first page',
    async (filter) => {
      const late = START - (PAST - 50) * 1000
      const cursor = btoa(JSON.stringify([late, user.uuid])).replaceAll('=', '')
      const path = `/payments?limit=${LIMIT}&cursor=${cursor}${filter}`
      const rows = await rowsOf(async () => {
        const { body } = await user.send('GET', path)
        expect(body).toHaveLength(LIMIT)
        expect(Date.parse(body[0].created_at)).toBeLessThanOrEqual(late)
      })
      expect(rows).toBeLessThanOrEqual(LIMIT + BESIDE)
    },
  )

  it('queries of the sweep, retention and operators read no more rows than a page', async () => {
    const db = drizzle(env.DB)
    const [store, cases] = [createPaymentStore(db), createLookupStore(db)]
    const queries: (() => Promise<unknown>)[] = [
      () => store.openEvents(START, LIMIT),
      () => store.listDueForPoll(START, LIMIT),
      () => createExceptionStore(db).about(['AIL-odd7', 'AIL-none']),
      () => cases.eventsOf(['AIL-old7', 'AIL-none']),
      ...Object.values(createDeps(env).removers).map(
        (remove) => () => remove(START - 90 * 86_400_000, LIMIT),
      ),
    ]
    for (const query of queries)
      expect(await rowsOf(query), String(query)).toBeLessThanOrEqual(LIMIT + BESIDE)
  })
})

describe('with thirty refused transfers of a user', () => {
  it("another user's requests read the same number of rows", async () => {
    const [other, poor] = [await newUser(), await newUser()]
    const order = { body: { amount: 1, method: 'wallet' } }
    const paths = ['/users/me', '/payments', '/auth/sessions']
    const read = async () => {
      const rows: number[] = []
      for (const path of paths) rows.push(await rowsOf(() => other.send('GET', path)))
      return rows
    }
    const before = await read()
    for (const { status } of await atOnce(30, () => poor.send('POST', '/payments', order)))
      expect(status).toBe(400)
    await sweepPayments({ ...createDeps(env), now: () => START + 16 * 60_000 })
    expect(await read()).toEqual(before)
  })
})

describe('with ten thousand calls and entries outside the filter', () => {
  const PHASES = ['initiated', 'answered', 'completed', 'failed', 'cancelled'].map(
    (status) => `status=${status}`,
  )
  const KINDS = ['top_up', 'transfer_in', 'transfer_out', 'call_charge', 'surplus', 'reversal'].map(
    (kind) => `kind=${kind}`,
  )

  it('each list of a wallet reads a bounded number of rows with every filter', async () => {
    const caller = await newUser()
    await giveLongPast(caller, PAST)
    const { uuid } = await walletOf(caller)
    const lists = [
      ...['', ...PHASES].map((filter) => ['/calls', filter] as const),
      ...['', ...KINDS].map((filter) => [`/wallets/${uuid}/transactions`, filter] as const),
    ]
    const cursor = btoa('[5000]').replaceAll('=', '')
    for (const [path, filter] of lists)
      for (const rest of ['', PERIOD, `cursor=${cursor}`, `cursor=${cursor}&${PERIOD}`]) {
        const query = `${path}?limit=${LIMIT}&${filter}&${rest}`
        const rows = await rowsOf(async () => {
          expect((await caller.send('GET', query)).status, query).toBe(200)
        })
        /** Each entry can read a second row: its call, for the recipient. */
        expect(rows, query).toBeLessThanOrEqual(2 * LIMIT + BESIDE + SEARCH)
      }
  }, 60_000)
})
