import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, it } from 'vitest'
import { createDeps } from '../../../src/deps'
import { computeBooks } from '../../../src/operators/finance/books'
import { readLevels } from '../../../src/operators/finance/levels'
import { dial, newUser, topUp, userWithCredit } from '../../support/client'
import { pass, useClock } from '../../support/clock'
import { installCounters, statementsOf } from '../../support/counts'
import { paidEvent, sendEvent, worldWith } from '../../support/gateway'
import { newOperator } from '../../support/operators'
import { project, reconcile, settle } from '../../support/settlements'

useClock()
beforeAll(installCounters)

describe('the service levels', () => {
  it('count the payments credited within 30 s of the first news, and the calls that did not fail', async () => {
    const world = worldWith()
    const user = await newUser(world.send)
    const pay = async (waitMs: number) => {
      const made = await user.send('POST', '/payments', { body: { amount: 50, method: 'monnify' } })
      const { payment_reference: reference } = made.body
      await sendEvent(world.send, paidEvent(reference, 50))
      pass(waitMs)
      world.gateway.says(reference, 'PAID', 50)
      await user.send('POST', `/payments/verify/${reference}`)
    }
    await pay(0)
    await pay(30_000)
    await pay(30_001)
    for (const reason of ['hangup', 'failed']) {
      const { uuid } = (await dial(user)).body
      if (reason === 'hangup') await user.send('PATCH', `/calls/${uuid}/answer`)
      await user.send('PATCH', `/calls/${uuid}/end?reason=${reason}`)
    }
    const ringing = (await dial(user)).body.uuid
    pass(61_000)
    await user.send('GET', `/calls/${ringing}`)
    await dial(user)
    await project(user)
    const operator = await newOperator('viewer')
    const { body } = await operator.send('GET', '/operator/finance/levels?days=1')
    expect(body).toMatchObject({
      credited: 3,
      credited_in_time: 2,
      credited_in_time_share: 0.6666,
      calls: 3,
      failed_calls: 1,
      call_set_up_share: 0.6666,
    })
  })

  it('have the age of the oldest exception that is not resolved, and the number of each kind', async () => {
    const { exceptionStore } = createDeps(env)
    await env.DB.prepare('DELETE FROM exceptions').run()
    const record = (kind: 'unknown_refund' | 'check_failed', subject: string) =>
      exceptionStore.record({ kind, subject, amountKobo: null, atMs: Date.now() })
    await record('unknown_refund', 'a')
    pass(5000)
    await record('unknown_refund', 'b')
    await record('check_failed', 'c')
    await exceptionStore.act(
      { kind: 'unknown_refund', subject: 'a' },
      { action: 'take', operator: 'x', name: 'X' },
    )
    await exceptionStore.act(
      { kind: 'check_failed', subject: 'c' },
      { action: 'resolve', operator: 'x', name: 'X', resolution: 'done' },
    )
    pass(10_000)
    const operator = await newOperator('viewer')
    const { body } = await operator.send('GET', '/operator/finance/levels')
    expect(body).toMatchObject({ oldest_exception_seconds: 15 })
    expect(body.open_exceptions).toMatchObject([{ kind: 'unknown_refund', count: 2 }])
  })
})

describe('no statement of finance scans a table', () => {
  /** The wallets' balances are summed once for each of the last books. */
  const WHOLE = /^\s*select coalesce\(sum\("posted_kobo"\), 0\) from "wallets"/i
  /** Groups of one period are few. */
  const isScan = (sql: string, detail: string) =>
    /^SCAN (?!CONSTANT|json_each)/.test(detail) &&
    !WHOLE.test(sql) &&
    !(/\blimit\b/i.test(sql) && !/\bwhere\b/i.test(sql))

  it('of the cron jobs and the routes', async () => {
    const { d1Sql } = await statementsOf(async () => {
      const user = await userWithCredit(100)
      await topUp(user, 50)
      await project(user)
      await settle()
      pass(3 * 86_400_000)
      await reconcile()
      const deps = createDeps(env)
      await computeBooks(deps)
      await readLevels(deps, 7)
      const operator = await newOperator('admin')
      for (const path of ['settlements', 'settlements?state=matched&limit=1'])
        await operator.send('GET', `/operator/finance/${path}`)
      const period = 'from=2126-03-01&to=2126-03-31'
      for (const path of [`books?${period}`, `books.csv?${period}`, `settlements.csv?${period}`])
        await operator.send('GET', `/operator/finance/${path}`)
    })
    const queries = d1Sql.filter(
      (sql) =>
        /^\s*(SELECT|UPDATE|DELETE|INSERT)\b[^;]*$/i.test(sql) && !sql.includes('simulator_'),
    )
    const plans: string[][] = []
    for (const sql of queries) {
      const values = Array.from({ length: sql.split('?').length - 1 }, () => null)
      const steps = await env.DB.prepare(`EXPLAIN QUERY PLAN ${sql}`)
        .bind(...values)
        .all<{ detail: string }>()
      plans.push(...steps.results.map(({ detail }) => [sql, detail]))
    }
    expect(plans.filter(([sql = '', detail = '']) => isScan(sql, detail))).toEqual([])
    const used = plans.map(([, detail = '']) => detail).join('\n')
    for (const index of [
      'transactions_posted',
      'transactions_payment',
      'payments_completed',
      'call_sessions_created',
      'exceptions_kind',
      'settlements_settled',
      'settlements_state',
      'settlements_next_try',
      'settlement_lines_transaction',
      'settlement_lines_payment',
      'settlement_lines_open',
    ])
      expect(used).toContain(index)
  })
})
