import { runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { decodeRows, encodeRows } from '../../src/tariffs/core/content'
import { DRAFTS_KEPT_MS } from '../../src/tariffs/tariffs-object'
import { RULES } from '../../src/retention/rules'
import { pass, START, useClock } from '../support/clock'
import { valueOf } from '../support/result'
import { manyRows, rowOf } from '../support/tariff-rows'

useClock()

const MINUTE_MS = 60_000
const [ADA, BOLA] = ['ada', 'bola']

function world() {
  const stub = env.TARIFFS.getByName(crypto.randomUUID())
  const propose = async (effectiveAtMs: number, rows = [rowOf('+')]) =>
    valueOf(
      await stub.propose({
        author: ADA,
        note: 'spring',
        effectiveAtMs,
        content: encodeRows(rows),
        rows: rows.length,
      }),
    )
  const publish = async (effectiveAtMs: number, rows = [rowOf('+')]) => {
    const { version, hash } = await propose(effectiveAtMs, rows)
    return valueOf(await stub.approve(version, BOLA, hash))
  }
  const exec = (sql: string) =>
    runInDurableObject(stub, (_, { storage }) => storage.sql.exec(sql).toArray())
  const inForce = async () => (await stub.copy([])).map(({ version }) => version)
  return { stub, propose, publish, exec, inForce }
}

describe('a version', () => {
  it('is in force from its instant until the next one, and ten minutes longer in copies', async () => {
    const { publish, inForce } = world()
    await publish(START + 5 * MINUTE_MS)
    expect(await inForce()).toEqual([1])
    await publish(START + 20 * MINUTE_MS)
    expect(await inForce()).toEqual([1, 2])
    pass(30 * MINUTE_MS - 1)
    expect(await inForce()).toEqual([1, 2])
    pass(1)
    expect(await inForce()).toEqual([2])
  })

  it('that is a draft or withdrawn is in no copy', async () => {
    const { stub, propose, publish, inForce } = world()
    await propose(START + 6 * MINUTE_MS)
    const { version } = await publish(START + 7 * MINUTE_MS)
    expect(await inForce()).toEqual([version])
    expect((await stub.withdraw(version, ADA)).ok).toBe(true)
    expect(await inForce()).toEqual([])
  })

  it('of 20,000 rows is stored in pieces, and sent once to each isolate', async () => {
    const { stub, publish, exec } = world()
    const rows = manyRows(20_000)
    const { hash } = await publish(START + 5 * MINUTE_MS, rows)
    const [copied] = await stub.copy([])
    expect(decodeRows(copied?.content ?? '')).toEqual(rows)
    expect(await stub.copy([hash])).toMatchObject([{ version: 1, content: null }])
    const pieces = await exec('SELECT LENGTH(content) AS length FROM pieces')
    for (const { length } of pieces) expect(length).toBeLessThan(2_000_000)
  })

  it('needs another approver, by the rule and by the database', async () => {
    const { stub, propose, exec } = world()
    const { version, hash } = await propose(START + 5 * MINUTE_MS)
    expect(await stub.approve(version, ADA, hash)).toMatchObject({
      refusal: { code: 'tariff_not_allowed', reason: expect.stringContaining('author') },
    })
    const approve = (approver: string, approvedAtMs: number) =>
      exec(
        `UPDATE versions SET state = 'approved', approver = '${approver}', approved_at_ms = ${approvedAtMs}`,
      )
    await expect(approve(ADA, START)).rejects.toThrow('CHECK constraint failed')
    await expect(approve(BOLA, START + 1)).rejects.toThrow('CHECK constraint failed')
    expect((await stub.approve(version, BOLA, hash)).ok).toBe(true)
  })

  it('has an instant of its own, by the rule and by the database', async () => {
    const { stub, propose, publish, exec } = world()
    await publish(START + 5 * MINUTE_MS)
    const { version, hash } = await propose(START + 5 * MINUTE_MS)
    expect(await stub.approve(version, BOLA, hash)).toMatchObject({
      refusal: { code: 'tariff_not_allowed', reason: expect.stringContaining('same instant') },
    })
    const approve = `UPDATE versions SET state = 'approved', approver = 'bola', approved_at_ms = ${START}`
    await expect(exec(`${approve} WHERE version = ${version}`)).rejects.toThrow('UNIQUE constraint')
  })

  it('never changes, and is never deleted once it was approved', async () => {
    const { publish, exec } = world()
    await publish(START + 5 * MINUTE_MS)
    for (const change of [
      `UPDATE versions SET effective_at_ms = 1`,
      `UPDATE versions SET author = 'x'`,
      `UPDATE pieces SET content = '[]'`,
    ])
      await expect(exec(change), change).rejects.toThrow('never changes')
    for (const change of ['DELETE FROM versions', 'DELETE FROM pieces'])
      await expect(exec(change), change).rejects.toThrow('is kept')
  })

  it('that was only a draft is removed 90 days after its withdrawal, and its number is not reused', async () => {
    const { stub, propose, publish, exec } = world()
    const draft = await propose(START + 5 * MINUTE_MS)
    const approved = await publish(START + 6 * MINUTE_MS)
    for (const { version } of [draft, approved]) await stub.withdraw(version, ADA)
    pass(DRAFTS_KEPT_MS)
    await propose(Date.now() + 5 * MINUTE_MS)
    expect((await stub.list(100, 10)).map(({ version }) => version)).toEqual([3, 2, 1])
    pass(1)
    await propose(Date.now() + 5 * MINUTE_MS)
    expect((await stub.list(100, 10)).map(({ version }) => version)).toEqual([4, 3, 2])
    expect(await exec('SELECT version FROM pieces WHERE version = 1')).toEqual([])
    const rule = RULES.find(({ store, table }) => store === 'tariffs' && table === 'versions')
    expect(rule?.periodMs).toBe(DRAFTS_KEPT_MS)
  })

  it('is refused beyond twenty drafts, and beyond five approved versions that wait', async () => {
    const { stub, propose, publish } = world()
    for (let minutes = 5; minutes < 10; minutes++) await publish(START + minutes * MINUTE_MS)
    const { version, hash } = await propose(START + 60 * MINUTE_MS)
    expect(await stub.approve(version, BOLA, hash)).toMatchObject({ ok: false })
    for (let drafts = 1; drafts < 20; drafts++) await propose(START + 90 * MINUTE_MS)
    await expect(propose(START + 90 * MINUTE_MS)).rejects.toThrow('')
  })
})

describe('the costs', () => {
  it('forbid the approval of a price below them, and can be replaced', async () => {
    const { stub, propose, publish } = world()
    const costs = (kobo: number) => [{ prefix: '+234', cost_kobo_per_minute: kobo }]
    expect(await stub.costs()).toBeNull()
    await stub.setCosts(ADA, costs(1001))
    const { version, hash } = await propose(START + 5 * MINUTE_MS)
    expect(await stub.belowCost(version)).toHaveLength(2)
    expect(await stub.approve(version, BOLA, hash)).toMatchObject({
      refusal: { code: 'tariff_not_allowed', reason: expect.stringContaining('below their cost') },
    })
    await stub.setCosts(BOLA, costs(1000))
    expect(await stub.costs()).toMatchObject({ author: BOLA, rows: 1, setAtMs: START })
    expect((await stub.approve(version, BOLA, hash)).ok).toBe(true)
    await publish(START + 9 * MINUTE_MS)
  })
})
