/** Calls at the price of a published version. */
import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import { dial, PHONE, userWithCredit } from '../support/client'
import { at, pass, useClock } from '../support/clock'
import { costOf, installCounters } from '../support/counts'
import { csvOf, draft, HEADER, publish, staffOf, tariffWorld } from '../support/tariff-world'
import { manyRows } from '../support/tariff-rows'
import { START } from '../support/clock'

useClock()
beforeAll(installCounters)

const MINUTE_MS = 60_000
const CHANGE_MS = 10 * MINUTE_MS

describe('a call', () => {
  it('has the version of its first instant in every isolate, and keeps it', async () => {
    const world = tariffWorld()
    const user = await userWithCredit(1000, world.send)
    const staff = await staffOf(world)
    const early = world.isolate()
    const versionIn = async (send: typeof world.send) => {
      const call = await dial({
        ...user,
        send: (m, p, o) => send(m, p, { token: user.token, ...o }),
      })
      await user.send('PATCH', `/calls/${call.body.uuid}/end`)
      return `${call.body.rate.id} ${call.body.rate.version}`
    }
    expect(await versionIn(early.send)).toBe('standard/everywhere 2')
    const version = await publish(staff, csvOf({ '+': 1200 }), START + CHANGE_MS)
    at(CHANGE_MS - 1)
    expect(await versionIn(early.send)).toBe('standard/everywhere 2')
    const before = (await dial(user)).body
    at(CHANGE_MS)
    for (const send of [early.send, world.send, world.isolate().send])
      expect(await versionIn(send)).toBe(`published/r ${version}`)
    await user.send('PATCH', `/calls/${before.uuid}/answer`)
    pass(MINUTE_MS)
    const { body: ended } = await user.send('PATCH', `/calls/${before.uuid}/end`)
    expect(ended).toMatchObject({ cost: 10, rate: { id: 'standard/everywhere', version: 2 } })
  })

  it('touches no D1, and costs one more request to an object in a cold isolate only', async () => {
    const world = tariffWorld()
    const user = await userWithCredit(1000, world.send)
    const lines = manyRows(20_000).map((r) => `${r.id},${r.prefix},,,${r.kobo_per_minute},1`)
    const staff = await staffOf(world)
    await publish(staff, [HEADER, 'all,+,,,1000,1', ...lines].join('\n'), START + CHANGE_MS)
    at(CHANGE_MS)
    const { send } = world.isolate()
    const costs = () =>
      costOf(async () => {
        const body = { recipient_phone: PHONE }
        const call = await send('POST', '/calls', { body, token: user.token })
        expect(call).toMatchObject({ status: 201, body: { rate: { id: 'published/all' } } })
      })
    const [cold, warm] = [await costs(), await costs()]
    expect([cold.objectRequests, warm.objectRequests]).toEqual([2, 1])
    expect([cold.d1Rows, warm.d1Rows]).toEqual([null, null])
    pass(MINUTE_MS)
    expect((await costs()).objectRequests).toBe(1)
  })

  it('is refused with Retry-After if an isolate can read no price, and holds nothing', async () => {
    const world = tariffWorld()
    const user = await userWithCredit(100, world.send)
    vi.spyOn(console, 'error').mockImplementation(() => undefined)
    const down = { getByName: () => ({ copy: () => Promise.reject(new Error('down')) }) }
    const { createDeps } = await import('../../src/deps')
    const { tariff } = createDeps({ ...env, TARIFFS: down as unknown as typeof env.TARIFFS })
    const { send } = world.isolate({ tariff })
    const body = { recipient_phone: PHONE }
    const refused = await send('POST', '/calls', { body, token: user.token })
    expect(refused).toMatchObject({ status: 503, body: { code: 'tariffs_unavailable' } })
    expect(refused.headers.get('Retry-After')).toBe('5')
    expect((await user.send('GET', '/calls')).body).toEqual([])
  })
})

it('a draft does not change any price', async () => {
  const world = tariffWorld()
  const user = await userWithCredit(100, world.send)
  await draft(await staffOf(world), csvOf({ '+': 5000 }), START + CHANGE_MS)
  at(CHANGE_MS)
  expect((await dial(user)).body.rate).toMatchObject({ id: 'standard/everywhere' })
})
