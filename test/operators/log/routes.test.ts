/** Routes of the log of actions. */
import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { recordRead } from '../../../src/operators/log/record'
import { useClock } from '../../support/clock'
import { worldWith } from '../../support/gateway'
import { newOperator } from '../../support/operators'

useClock()

const world = worldWith()

/** Records reads of an operator of its own. */
async function recorded(count: number, reason?: string) {
  const operator = await newOperator('finance', world.send)
  for (let index = 1; index <= count; index++)
    await recordRead(world.deps, operator, {
      action: 'customer_read',
      subject: `${operator.uuid}/${index}`,
      ...(reason !== undefined && { reason }),
    })
  return operator
}

describe('the log of actions', () => {
  it('is read in pages, the newest entries first, with the names of operators', async () => {
    const operator = await recorded(5)
    const path = `/operator/log?operator=${operator.uuid}&limit=2`
    const first = (await operator.send('GET', path)).body
    expect(first.items).toMatchObject([
      {
        subject: `${operator.uuid}/5`,
        operator: operator.uuid,
        operator_name: 'finance of a test',
        outcome: 'read',
        before: null,
      },
      { subject: `${operator.uuid}/4` },
    ])
    const second = (await operator.send('GET', `${path}&cursor=${first.next}`)).body
    expect(second.items).toHaveLength(2)
    const third = (await operator.send('GET', `${path}&cursor=${second.next}`)).body
    expect(third).toMatchObject({ items: [{ subject: `${operator.uuid}/1` }], next: null })
  })

  it('is filtered by subject and by action', async () => {
    const operator = await recorded(3)
    const of = async (query: string) =>
      (await operator.send('GET', `/operator/log?operator=${operator.uuid}&${query}`)).body.items
    expect(await of(`subject=${operator.uuid}/2`)).toHaveLength(1)
    expect(await of('action=customer_read')).toHaveLength(3)
    expect(await of('action=customer_frozen')).toHaveLength(0)
  })

  it('is verified in parts, each from an entry that was verified', async () => {
    const operator = await recorded(4)
    const whole = (await operator.send('GET', '/operator/log/verify')).body
    const newest = await world.deps.actionLog.list({ limit: 1 })
    expect(whole).toEqual({
      checked: newest[0]?.seq,
      head: { seq: newest[0]?.seq, hash: newest[0]?.hash },
      broken_at: null,
    })
    const after = whole.head.seq - 1
    const rest = (await operator.send('GET', `/operator/log/verify?after=${after}`)).body
    expect(rest).toEqual({ ...whole, checked: 1 })
    const unknown = await operator.send('GET', `/operator/log/verify?after=${after + 9}`)
    expect(unknown.status).toBe(404)
  })

  it('names the first entry that was replaced', async () => {
    const operator = await recorded(4)
    const [newest] = await world.deps.actionLog.list({ limit: 1 })
    const seq = (newest?.seq ?? 0) - 1
    await env.DB.prepare(
      `INSERT OR REPLACE INTO operator_actions SELECT seq, at_ms, operator_uuid, 'nothing', outcome, started_seq,
         subject, reason, request_id, before, after, previous_hash, hash FROM operator_actions WHERE seq = ?`,
    )
      .bind(seq)
      .run()
    const { body } = await operator.send('GET', '/operator/log/verify')
    expect(body).toMatchObject({ checked: seq - 1, head: { seq: seq - 1 }, broken_at: seq })
  })
})

describe('the CSV of the log', () => {
  it('has the hashes, and no formula, and the export is an entry', async () => {
    const operator = await recorded(2, '=1+1')
    const query = `operator=${operator.uuid}`
    const { status, text, headers } = await operator.send('GET', `/operator/log.csv?${query}`)
    expect(status).toBe(200)
    expect(headers.get('Content-Type')).toBe('text/csv; charset=utf-8; header=present')
    const [header, newest, ...others] = text
      .replace(/^\ufeff/, '')
      .trimEnd()
      .split('\r\n')
    expect(header).toBe(
      'seq,at,operator,operator_name,action,outcome,started_seq,subject,reason,request_id,before,after,previous_hash,hash',
    )
    expect(newest).toContain('log_exported')
    expect(others).toHaveLength(2)
    expect(others[0]).toContain(",'=1+1,")
  })

  it('is limited to ten an hour for each operator', async () => {
    const operator = await recorded(0)
    const other = await recorded(0)
    for (let count = 0; count < 10; count++)
      expect((await operator.send('GET', '/operator/log.csv')).status).toBe(200)
    expect(await operator.send('GET', '/operator/log.csv')).toMatchObject({
      status: 429,
      body: { 'violated-policies': ['operator-exports'] },
    })
    expect((await other.send('GET', '/operator/log.csv')).status).toBe(200)
  })
})
