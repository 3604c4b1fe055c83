/** Runs a few requests of every operation of `npm run prove -- bench`, to check correctness, not speed. */
import { beforeAll, expect, it } from 'vitest'
import { runHot } from './hot-run'
import { operationsOf } from './operations'
import { type Setting, setUp } from './setting'
import { checkBooks, endOpenCalls } from './world'

const USERS = 9
let setting: Setting

beforeAll(async () => {
  const started = await setUp({ users: USERS, maxOpenCalls: 5, isInMemory: true })
  setting = { ...started, quiet: () => Promise.resolve() }
  return started.hosts.stop
}, 60_000)

it('the production bundle returns the expected responses, and its books are correct', async () => {
  for (const { name, run } of operationsOf(setting)) {
    const { wrong, perSecond } = await run(4, USERS)
    expect([name, ...wrong]).toEqual([name])
    expect(perSecond).toBeGreaterThan(0)
    if (name === 'end') await endOpenCalls(setting.world)
  }
  expect(await checkBooks(setting.world)).toEqual([])
}, 60_000)

it('a hot wallet refuses only by its rules, and its books are correct', async () => {
  const { p99Ms, hotCalls } = await runHot(setting, { rounds: 1, requests: USERS }, () => {})
  expect(p99Ms['one hot wallet']).toHaveLength(1)
  expect(hotCalls).toBeGreaterThan(0)
  expect(await checkBooks(setting.world)).toEqual([])
}, 60_000)
