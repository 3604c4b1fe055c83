/** Wake-ups over virtual days: after refusals, and during long outages. */
import { afterEach, beforeEach, expect, test } from 'vitest'
import { listPayments } from '../../../src/payments/service'
import { valueOf } from '../../support/result'
import { LivenessJudge, QUIET_LIMITS } from './auditor/liveness'
import { elapse } from './elapse'
import { NO_FAULTS } from './faults'
import { DAY_MS, MINUTE_MS, openScene } from './liveness-scene'

let scene: ReturnType<typeof openScene>

beforeEach(() => {
  scene = openScene()
})

afterEach(() => {
  scene.close()
})

async function rejectedTransfer(userUuid: string, key?: string): Promise<void> {
  const created = await scene.order(userUuid, 'wallet', key)
  expect(created).toMatchObject({ ok: false, refusal: { code: 'insufficient_funds' } })
}

test('a refused transfer is polled a few times in a day, with a few statements to D1', async () => {
  await rejectedTransfer(await scene.addUser())
  const judge = new LivenessJudge(QUIET_LIMITS)
  const options = { forMs: DAY_MS, mostWakeUps: 50_000, isCounting: true }
  const { alarms, statements } = await elapse(scene.world, judge, options)
  expect(judge.findings.slice(0, 1), `${alarms} alarms, ${statements} statements`).toEqual([])
  expect(alarms).toBeLessThanOrEqual(40)
  expect(statements).toBeLessThanOrEqual(200)
  expect(scene.isAtRest()).toBe(true)
})

test('a transfer that is refused again with its key is not polled longer', async () => {
  const userUuid = await scene.addUser()
  await rejectedTransfer(userUuid, 'key')
  const { findings } = await scene.suffer(NO_FAULTS, MINUTE_MS)
  expect(findings).toEqual([])
  await rejectedTransfer(userUuid, 'key')
  expect((await scene.suffer(NO_FAULTS, DAY_MS)).findings).toEqual([])
  expect(scene.isAtRest()).toBe(true)
})

test('a wallet whose storage is full retries a due call ever more slowly, then ends it', async () => {
  const name = await scene.startCall(await scene.addUser())
  await scene.suffer(NO_FAULTS, MINUTE_MS)
  const { judge, findings } = await scene.suffer({ fullStorageOf: name })
  expect(findings).toEqual([])
  expect(judge.wakeUpsOf(name)).toBeGreaterThan(5)
  await scene.suffer(NO_FAULTS, DAY_MS)
  expect(scene.rowsOf(name, 'SELECT status FROM calls')).toEqual([{ status: 'completed' }])
  const copied = scene.world.d1.rows('SELECT status FROM call_sessions')
  expect(copied).toEqual([{ status: 'completed' }])
  expect(scene.isAtRest()).toBe(true)
})

test('a transfer to a wallet whose storage is full is retried ever more slowly, then delivered', async () => {
  const userUuid = await scene.addUser()
  await scene.credit(`${userUuid}/primary`, 5000)
  await scene.command(`${userUuid}/call_credits`, 'open')
  await scene.suffer(NO_FAULTS, MINUTE_MS)
  const plan = { fullStorageOf: `${userUuid}/call_credits` }
  scene.world.faults.begin(plan)
  expect(valueOf(await scene.order(userUuid, 'wallet')).answer.status).toBe('processing')
  expect((await scene.suffer(plan)).findings).toEqual([])
  await scene.suffer(NO_FAULTS, DAY_MS)
  expect(scene.world.d1.rows('SELECT status FROM payments')).toEqual([{ status: 'completed' }])
})

test('a paid top-up into a wallet whose storage is full is retried ever more slowly, then credited', async () => {
  const userUuid = await scene.addUser()
  await scene.command(`${userUuid}/primary`, 'open')
  await scene.suffer(NO_FAULTS, MINUTE_MS)
  valueOf(await scene.order(userUuid, 'monnify'))
  for (const transaction of scene.world.gateway.transactions.values())
    Object.assign(transaction, { status: 'PAID', paidKobo: transaction.orderedKobo })
  const { findings } = await scene.suffer({ fullStorageOf: `${userUuid}/primary` }, 2 * DAY_MS)
  expect(findings).toEqual([])
  await scene.suffer(NO_FAULTS, 3 * DAY_MS)
  expect(scene.world.d1.rows('SELECT status FROM payments')).toEqual([{ status: 'completed' }])
})

test('while D1 is unavailable for three days calls end, and nothing is retried at full speed', async () => {
  const [talking, buying] = [await scene.addUser(), await scene.addUser()]
  const name = await scene.startCall(talking)
  valueOf(await scene.order(buying, 'monnify'))
  await scene.credit(`${buying}/primary`, 5000)
  const { findings } = await scene.suffer({ d1: { fault: 'down', atCall: 1 } })
  expect(findings).toEqual([])
  expect(scene.rowsOf(name, 'SELECT status FROM calls')).toEqual([{ status: 'completed' }])
  await scene.suffer(NO_FAULTS, DAY_MS)
  const copied = scene.world.d1.rows('SELECT status FROM call_sessions')
  expect(copied).toEqual([{ status: 'completed' }])
  expect(scene.isAtRest()).toBe(true)
})

test.each(['down', 'failing', 'garbled', 'says_nothing_known', 'strange_word'] as const)(
  'a top-up has at most 40 wake-ups while the gateway has the fault %s for three days',
  async (gateway) => {
    valueOf(await scene.order(await scene.addUser(), 'monnify'))
    expect((await scene.suffer({ gateway })).findings).toEqual([])
    await scene.suffer(NO_FAULTS)
    expect(scene.isAtRest()).toBe(true)
  },
)

test("240 refused transfers of eight users do not slow another user's list of payments", async () => {
  const { world } = scene
  const other = await scene.addUser()
  valueOf(await scene.order(other, 'monnify'))
  const plansOf = async (): Promise<string[]> => {
    const plans: string[] = []
    world.d1.onStatement = ({ query, values }) => {
      for (const { detail } of world.d1.rows(`EXPLAIN QUERY PLAN ${query}`, ...values))
        plans.push(String(detail))
    }
    valueOf(await listPayments(world.deps, other, { limit: 20 }))
    world.d1.onStatement = undefined
    return plans
  }
  const plansBefore = await plansOf()
  expect(plansBefore).toEqual([expect.stringMatching(/^SEARCH payments .*\(user_uuid=\?/)])
  for (let user = 0; user < 8; user++) {
    const userUuid = await scene.addUser()
    for (let index = 0; index < 30; index++) await rejectedTransfer(userUuid)
  }
  const { findings, statements } = await scene.suffer(NO_FAULTS, 5 * DAY_MS)
  expect(findings).toEqual([])
  expect(statements).toBeLessThan(241 * 200)
  expect(scene.isAtRest()).toBe(true)
  const due = 'SELECT COUNT(*) AS due FROM payments WHERE next_ask_at_ms IS NOT NULL'
  expect(world.d1.rows(due)).toEqual([{ due: 0 }])
  expect(await plansOf()).toEqual(plansBefore)
})
