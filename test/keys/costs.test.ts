/** Cost of a request with a key on the way of a call, compared with a session. */
import { beforeAll, describe, expect, it } from 'vitest'
import { dial, type Send, type TestUser, userWithCredit } from '../support/client'
import { useClock } from '../support/clock'
import { type Costs, costOf, installCounters } from '../support/counts'
import { newKeyOf } from '../support/keys'

useClock()
beforeAll(installCounters)

const PHONE = '%2B2348031234567'

/** Costs of a call and of reads, sent by `send`. */
async function costsWith(user: TestUser, send: Send): Promise<Record<string, Costs>> {
  const costs: Record<string, Costs> = {}
  /** A warm isolate has a copy of the tariff, and the key was used within the last minute. */
  await send('GET', `/tariff?phone=${PHONE}`)
  let uuid = ''
  costs['start'] = await costOf(async () => {
    uuid = (await dial({ ...user, send })).body.uuid
  })
  for (const step of ['answer', 'end'])
    costs[step] = await costOf(() => send('PATCH', `/calls/${uuid}/${step}`))
  for (const path of [`/calls/${uuid}`, '/calls', '/wallets', `/tariff?phone=${PHONE}`])
    costs[path.replace(uuid, 'x')] = await costOf(() => send('GET', path))
  return costs
}

describe('a request with a key', () => {
  it('costs one more request to an object than with a session, no row written, and no D1', async () => {
    const [one, other] = [await userWithCredit(50), await userWithCredit(50)]
    const bySession = await costsWith(one, one.send)
    /** Other scopes would begin a stream, which has costs of its own. */
    const key = await newKeyOf(other, ['wallets:read', 'calls:read', 'calls:write'])
    const byKey = await costsWith(other, key.send)
    const more = Object.entries(byKey).map(([name, costs]) => {
      const { objectRequests = 0, rowsRead = 0, rowsWritten = 0 } = bySession[name] ?? {}
      return {
        name,
        objectRequests: costs.objectRequests - objectRequests,
        rowsRead: costs.rowsRead - rowsRead,
        rowsWritten: costs.rowsWritten - rowsWritten,
        d1Rows: costs.d1Rows,
      }
    })
    const check = { objectRequests: 1, rowsRead: 1, rowsWritten: 0, d1Rows: null }
    expect(more).toEqual(Object.keys(byKey).map((name) => ({ name, ...check })))
  })
})
