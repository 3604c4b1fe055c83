/** Each SQL statement of the service finds its rows by an index, or reads a few in order. */
import { runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, it } from 'vitest'
import { sweepRevocations } from '../../src/auth/revocation'
import { issueDueReceipts } from '../../src/receipts/issue'
import { sweepPayments } from '../../src/payments/sweep'
import { dial, newUser, PASSWORD, topUp, userWithCredit, walletOf } from '../support/client'
import { pass, useClock } from '../support/clock'
import { installCounters, statementsOf } from '../support/counts'
import { worldWith } from '../support/gateway'
import { encodeRows } from '../../src/tariffs/core/content'
import { valueOf } from '../support/result'
import { rowOf } from '../support/tariff-rows'
import { changeAddress, confirm, forgot, mailWorld, reset, undo } from '../support/mail'

useClock()
beforeAll(installCounters)

/** Tables with few rows. An outbox has those that were not delivered yet. */
const SMALL = new Set([
  'wallet',
  'token_version',
  'schema_steps',
  'outbox',
  'event_outbox',
  'costs',
  'last_version',
])

/** SQLite's name of a SELECT that has no table. */
const NO_TABLE = 'CONSTANT'

/** Indexes that contain pending rows only. */
const WAITING = ['transfers_in_transit', 'versions_drafts']

/** Reports whether a step of a query plan may read more rows than the statement needs. */
function scans(sql: string, detail: string): boolean {
  const table = /^SCAN (\w+)/.exec(detail)?.[1]
  if (table === undefined || table === NO_TABLE || SMALL.has(table)) return false
  if (WAITING.some((index) => detail.endsWith(` INDEX ${index}`))) return false
  const isBoundedWalk = /\bLIMIT\b/.test(sql) && !/\bWHERE\b/.test(sql)
  return !isBoundedWalk
}

/** Excludes schema steps, which run once. */
const isQuery = (sql: string) => /^\s*(SELECT|UPDATE|DELETE|INSERT)\b[^;]*$/i.test(sql)

/** Runs a user's requests, an alarm and the sweep. */
async function everything(): Promise<void> {
  const user = await userWithCredit(100)
  const stub = env.WALLET.getByName(`${user.uuid}/call_credits`)
  const headers = { 'Idempotency-Key': crypto.randomUUID() }
  for (const reason of ['hangup', 'failed']) {
    const { uuid } = (await dial(user, { headers: reason === 'hangup' ? headers : {} })).body
    await user.send('POST', `/calls/${uuid}/ticket`)
    await user.send('PATCH', `/calls/${uuid}/answer`)
    pass(5000)
    await user.send('PATCH', `/calls/${uuid}/end?reason=${reason}`)
    await user.send('GET', `/calls/${uuid}`)
  }
  await topUp(user, 50, 'primary')
  await user.send('POST', '/payments', { body: { amount: 5, method: 'wallet' }, headers })
  const period = `from=${new Date(0).toISOString()}&to=${new Date().toISOString()}`
  const { uuid } = await walletOf(user)
  for (const filter of ['', `?${period}`, '?kind=call_charge', '?kind=top_up&limit=1']) {
    await user.send('GET', `/wallets/${uuid}/transactions${filter}`)
    await user.send('GET', `/wallets/${uuid}/transactions${filter}`, {
      headers: { Accept: 'text/csv' },
    })
  }
  for (const filter of ['', `?${period}`, '?status=completed', '?status=answered'])
    await user.send('GET', `/calls${filter}`)
  for (const filter of ['', `?${period}`, '?status=completed', '?limit=1'])
    await user.send('GET', `/payments${filter}`)
  await user.send('GET', `/payments?status=completed&${period}`)
  for (const path of ['/users/me', '/auth/sessions', '/wallets', '/tariff?phone=08031234567'])
    expect((await user.send('GET', path)).status).toBe(200)
  await user.send('POST', '/auth/refresh', { body: { refresh_token: user.refreshToken } })
  const { body: payments } = await user.send('GET', '/payments?status=completed')
  const paid = payments.find(({ method }: { method: string }) => method === 'monnify')
  expect((await user.send('GET', `/payments/${paid.uuid}/receipt`)).status).toBe(200)
  for (const filter of ['', `?${period}`, '?limit=1'])
    expect((await user.send('GET', `/receipts${filter}`)).status).toBe(200)
  expect((await user.send('GET', `/wallets/${uuid}/statement?${period}`)).status).toBe(200)
  await publishTariff()
  await issueDueReceipts(worldWith().deps)
  await runDurableObjectAlarm(stub)
  await sweepPayments(worldWith().deps)
  await user.send('POST', '/auth/logout-all')
  await recover()
}

/** Recovers an account and moves it, by links of messages, and removes expired rows. */
async function recover(): Promise<void> {
  const world = mailWorld()
  const user = await newUser(world.send)
  const to = `user-${crypto.randomUUID()}@example.com`
  await changeAddress(user, to, PASSWORD)
  await confirm(world, await world.linkTo(to, /new e-mail address/))
  await undo(world, await world.linkTo(user.email, /was changed/))
  await forgot(world, user.email)
  await reset(world, await world.linkTo(user.email, /Set a new password/), PASSWORD)
  await sweepRevocations(world.deps)
  for (const remover of [world.deps.removers.messages, world.deps.removers.links])
    await remover(Date.now(), 1)
}

/** Every command of the `Tariffs` object. */
async function publishTariff(): Promise<void> {
  const stub = env.TARIFFS.getByName(crypto.randomUUID())
  const content = encodeRows([rowOf('+')])
  const effectiveAtMs = Date.now() + 600_000
  const draft = { author: 'ada', note: 'note', effectiveAtMs, content, rows: 1 }
  await stub.setCosts('bola', [{ prefix: '+', cost_kobo_per_minute: 1 }])
  const { version, hash } = valueOf(await stub.propose(draft))
  expect((await stub.approve(version, 'bola', hash)).ok).toBe(true)
  await stub.copy([])
  await stub.list(100, 10)
  await stub.readBefore(effectiveAtMs)
  expect((await stub.withdraw(version, 'ada')).ok).toBe(true)
}

const plansOf = (sql: SqlStorage, queries: readonly string[]) =>
  queries.flatMap((query) => {
    const values = Array.from({ length: query.split('?').length - 1 }, () => null)
    const distinct = new Set(query.match(/\?\d+/g)).size
    const given = distinct > 0 ? values.slice(0, distinct) : values
    const steps = sql.exec<{ detail: string }>(`EXPLAIN QUERY PLAN ${query}`, ...given)
    return steps.toArray().map(({ detail }) => ({ sql: query, detail }))
  })

describe('no statement scans a table', () => {
  it('in a wallet or in D1, for requests of a user, an alarm and the sweep', async () => {
    const { objectSql, d1Sql } = await statementsOf(everything)
    const ofNumbers = (sql: string) => /\bnumbers\b/.test(sql)
    const ofTariffs = (sql: string) => /\b(?:versions|pieces|costs|last_version)\b/.test(sql)
    const queries = objectSql.filter(isQuery)
    const wallet = env.WALLET.getByName(`${crypto.randomUUID()}/primary`)
    const plans = await runInDurableObject(wallet, (_, { storage }) =>
      plansOf(
        storage.sql,
        queries.filter((sql) => !ofNumbers(sql) && !ofTariffs(sql)),
      ),
    )
    const numbers = queries.filter(ofNumbers)
    expect(numbers.length).toBeGreaterThan(2)
    const stub = env.NUMBERS.getByName(crypto.randomUUID())
    plans.push(
      ...(await runInDurableObject(stub, (_, { storage }) => plansOf(storage.sql, numbers))),
    )
    const tariffs = env.TARIFFS.getByName(crypto.randomUUID())
    const ofCopies = queries.filter(ofTariffs)
    expect(ofCopies.length).toBeGreaterThan(0)
    plans.push(
      ...(await runInDurableObject(tariffs, (_, { storage }) => plansOf(storage.sql, ofCopies))),
    )
    const isOfService = (sql: string) => isQuery(sql) && !sql.includes('simulator_')
    for (const sql of d1Sql.filter(isOfService)) {
      const values = Array.from({ length: sql.split('?').length - 1 }, () => null)
      const steps = await env.DB.prepare(`EXPLAIN QUERY PLAN ${sql}`)
        .bind(...values)
        .all<{ detail: string }>()
      plans.push(...steps.results.map(({ detail }) => ({ sql, detail })))
    }
    expect(plans.length).toBeGreaterThan(40)
    expect(plans.filter(({ sql, detail }) => scans(sql, detail))).toEqual([])
    expect(plans.filter(({ detail }) => detail.includes('TEMP B-TREE'))).toEqual([])
  })
})
