import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { createLookupStore } from '../../../../src/operators/customers/lookup-store'
import { boundOf, type Position } from '../../../../src/operators/customers/timeline/merge'
import { createTimelineStore } from '../../../../src/operators/customers/timeline/store'
import { planned } from '../../../support/plans'

const USER = crypto.randomUUID()
const AFTER: readonly (Position | undefined)[] = [undefined, [5, 'payment', 'x'], [5, 'action', 7]]

describe('each source of a timeline', () => {
  it.each(AFTER)('after %s searches indexes and scans no table', async (after) => {
    const { db, plans } = planned()
    const store = createTimelineStore(db)
    const bound = boundOf('payment', after)
    for (const read of Object.values(store)) await read(USER, bound, 51)
    await createLookupStore(db).countOpen(USER, 5)
    const steps = (await plans()).flat()
    expect(steps.length).toBeGreaterThan(8)
    const scans = steps.filter(
      (step) => step.startsWith('SCAN') && !/^SCAN (p|CONSTANT ROW|\(subquery)/.test(step),
    )
    expect(scans).toEqual([])
  })

  it('reads rows of the customer only, and as many as a page has', async () => {
    const other = crypto.randomUUID()
    const insert = (userUuid: string) =>
      env.DB.prepare(
        `INSERT INTO messages (id, kind, user_uuid, facts, state, created_at_ms)
           VALUES (?, 'new_device', ?, '{}', 'sent', 1)`,
      ).bind(crypto.randomUUID(), userUuid)
    await env.DB.batch([...Array.from({ length: 60 }, () => insert(USER)), insert(other)])
    const { db } = planned()
    const rows = await createTimelineStore(db).messages(USER, boundOf('message', undefined), 51)
    expect(rows).toHaveLength(51)
    expect(new Set(rows.map(({ userUuid }) => userUuid))).toEqual(new Set([USER]))
  })
})
