/** Every state × every command, generated from the table in the documentation. */
import { runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { CALL_STATUSES, HANG_UP_REASONS } from '../../src/wallets/core/wallet'
import { pass, useClock } from '../support/clock'
import { dial, type TestUser, userWithCredit } from '../support/client'
import { stateTable } from '../support/state-table'

useClock()

const MONEY_TABLES = ['wallet', 'entries', 'calls', 'transfers', 'reversals', 'idempotency_keys']

/** Rows about money in the wallet object, as text. */
const contentOf = (user: TestUser): Promise<string> =>
  runInDurableObject(env.WALLET.getByName(`${user.uuid}/call_credits`), (_, { storage }) =>
    JSON.stringify(
      MONEY_TABLES.map((table) => storage.sql.exec(`SELECT * FROM ${table}`).toArray()),
    ),
  )

/** Naira for one minute, or for longer than a call may last. */
const creditFor = (command: string) => (command === '4 h pass' ? 5000 : 10)

async function callIn(state: string, user: TestUser): Promise<string> {
  const { uuid } = (await dial(user)).body
  const call = `/calls/${uuid}`
  const steps: Record<string, string[]> = {
    initiated: [],
    answered: ['/answer'],
    completed: ['/answer', '/end'],
    cancelled: ['/end'],
    failed: ['/end?reason=failed'],
  }
  for (const step of steps[state] ?? []) await user.send('PATCH', `${call}${step}`)
  expect((await user.send('GET', call)).body.status).toBe(state)
  return call
}

const passes: Record<string, number> = {
  '60 s pass': 60_000,
  'the credit runs out': 61_000,
  '4 h pass': 14_400_000,
}

function act(command: string, user: TestUser, call: string) {
  const ms = passes[command]
  if (ms === undefined) return user.send('PATCH', `${call}/${command}`)
  pass(ms)
  return user.send('GET', call)
}

describe('a call', () => {
  it('has each state except `ringing`, and each way to end, in the documented table', () => {
    const states = new Set(stateTable.map(({ state }) => state))
    expect(CALL_STATUSES.filter((status) => !states.has(status))).toEqual(['ringing'])
    const commands = new Set(stateTable.map(({ command }) => command))
    for (const reason of HANG_UP_REASONS.filter((reason) => reason !== 'hangup'))
      expect(commands).toContain(`end?reason=${reason}`)
    expect(stateTable).toHaveLength(40)
  })

  it.each(stateTable)('$state: $command → $outcome', async ({ state, command, outcome }) => {
    const user = await userWithCredit(creditFor(command))
    const call = await callIn(state, user)
    const before = await user.send('GET', call)
    const content = await contentOf(user)
    const answer = await act(command, user, call)
    if (outcome === '409' || outcome === '=') {
      expect(answer.status).toBe(outcome === '409' ? 409 : 200)
      if (outcome === '=') expect(answer.body).toEqual(before.body)
      expect(await contentOf(user)).toBe(content)
      return
    }
    const [, status, reason] = /^(\w+)(?: \((\w+)\))?$/.exec(outcome) ?? []
    expect(answer).toMatchObject({ status: 200, body: { status, end_reason: reason ?? null } })
    expect(await contentOf(user)).not.toBe(content)
  })
})
