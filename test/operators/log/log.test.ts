import { env } from 'cloudflare:workers'
import { drizzle } from 'drizzle-orm/d1'
import { describe, expect, it } from 'vitest'
import { ok, refuse } from '../../../src/common/result'
import { brokenAt, EMPTY_HEAD } from '../../../src/operators/log/chain'
import { perform, recordRead } from '../../../src/operators/log/record'
import { createActionLog } from '../../../src/operators/log/store'
import { atOnce } from '../../support/client'

const actionLog = createActionLog(drizzle(env.DB))
const deps = { actionLog, now: () => 1_764_000_000_000 }
const actor = { uuid: '3f0b8c1e-6f64-4e0a-9b1c-2f4f8f3f7a55' }
const FREEZE = { action: 'customer_frozen', subject: 'a-user', reason: 'Stolen phone' }

const entries = async () => actionLog.after(0, 1000)

describe('the log of operators’ actions', () => {
  it('has an entry before and after an action', async () => {
    const before = { is_frozen: false }
    await perform(
      deps,
      actor,
      { ...FREEZE, before },
      async () => ok(1),
      () => ({ is_frozen: true }),
    )
    const [started, done] = await entries()
    expect(started).toMatchObject({
      operatorUuid: actor.uuid,
      action: 'customer_frozen',
      outcome: 'started',
      reason: 'Stolen phone',
      before: '{"is_frozen":false}',
    })
    expect(done).toMatchObject({
      outcome: 'done',
      startedSeq: started?.seq,
      after: '{"is_frozen":true}',
    })
  })

  it.each(['ada@example.com', 'mailto:ada@example.com', '+2348031234567'])(
    'never stores the subject %s, which an operator typed',
    async (subject) => {
      await perform(deps, actor, { ...FREEZE, subject }, async () => refuse({ code: 'not_found' }))
      await recordRead(deps, actor, { action: 'settlement_read', subject })
      const newest = (await entries()).slice(-3)
      expect(newest.map((entry) => entry.subject)).toEqual([null, null, null])
      expect(JSON.stringify(newest)).not.toContain(subject)
    },
  )

  it('names the code of a refusal', async () => {
    await perform(deps, actor, FREEZE, async () => refuse({ code: 'not_found' }))
    expect((await entries()).at(-1)).toMatchObject({
      outcome: 'refused',
      after: '{"code":"not_found"}',
    })
  })

  it('has an entry for an action that throws, and the error is thrown on', async () => {
    const fail = async () => {
      throw new Error('interrupted')
    }
    await expect(perform(deps, actor, FREEZE, fail)).rejects.toThrow('interrupted')
    expect((await entries()).at(-1)).toMatchObject({ outcome: 'failed' })
  })

  it('prevents an action that it cannot record', async () => {
    let ran = false
    const broken = {
      ...deps,
      actionLog: { ...actionLog, append: () => Promise.reject(new Error('full')) },
    }
    const run = async () => {
      ran = true
      return ok(1)
    }
    await expect(perform(broken, actor, FREEZE, run)).rejects.toThrow('full')
    expect(ran).toBe(false)
  })

  it('keeps one chain when many operators act at once', async () => {
    await atOnce(8, (index) => recordRead(deps, actor, { action: 'read', subject: `s-${index}` }))
    const all = await entries()
    expect(brokenAt(EMPTY_HEAD, all)).toBeUndefined()
    expect(all.map(({ seq }) => seq)).toEqual(all.map((_, index) => index + 1))
  })

  it.each([
    "UPDATE operator_actions SET subject = 'another'",
    'DELETE FROM operator_actions WHERE seq = 1',
    "INSERT OR REPLACE INTO operator_actions SELECT seq, at_ms, 'x', action, outcome, started_seq, subject, reason, request_id, before, after, previous_hash, hash FROM operator_actions WHERE seq = 1",
  ])('the database rejects or the chain shows: %s', async (statement) => {
    await recordRead(deps, actor, { action: 'read', subject: 's' })
    const changed = await env.DB.prepare(statement)
      .run()
      .then(() => 'changed')
      .catch(() => 'rejected')
    const broken = brokenAt(EMPTY_HEAD, await entries())
    expect(changed === 'rejected' || broken === 1).toBe(true)
  })
})
