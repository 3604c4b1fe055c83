/** Notices to owners whose endpoints were disabled. */
import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import type { DisabledReason } from '../../src/events/core/stream'
import { informOwner } from '../../src/events/notices'
import { DEPLOYMENT } from '../../src/outbox/event'
import { newUser } from '../support/client'
import { pass, useClock } from '../support/clock'
import { mailWorld } from '../support/mail'

useClock()

const URL_WITH_SECRET = 'https://hooks.example.com/in/q7Vd2mXw9LrT4bYz?key=Zk4M8W2Q6T1R9Y3U'

const noticeOf = (owner: string, disabledReason: DisabledReason = 'failing') => ({
  owner,
  endpoint: { uuid: crypto.randomUUID(), url: URL_WITH_SECRET, disabledReason },
  atMs: Date.now(),
})

describe('a user whose endpoint was disabled', () => {
  it.each([
    ['failing', 'five days'],
    ['gone', '410'],
    ['key_revoked', 'revoked'],
  ] as const)('receives one e-mail (%s), however often it is repeated', async (reason, text) => {
    const world = mailWorld()
    const user = await newUser(world.send)
    const notice = noticeOf(user.uuid, reason)
    for (let time = 0; time < 3; time++) {
      await informOwner(world.deps, notice)
      await world.deliver()
      pass(60_000)
    }
    const letters = world.provider.to(user.email).filter(({ id }) => /disabled/.test(id))
    expect(letters).toMatchObject([
      {
        id: `endpoint_disabled/${notice.endpoint.uuid}/${notice.atMs}`,
        subject: 'Your endpoint at hooks.example.com was disabled',
      },
    ])
    expect(letters[0]?.text).toContain(text)
    expect(letters[0]?.text).toContain(notice.endpoint.uuid)
    expect(letters[0]?.text).not.toContain('q7Vd2mXw9LrT4bYz')
  })

  it('is advised to create another endpoint if its key was revoked', async () => {
    const world = mailWorld()
    const user = await newUser(world.send)
    await informOwner(world.deps, noticeOf(user.uuid, 'key_revoked'))
    await world.deliver()
    const letter = world.provider.to(user.email).find(({ id }) => /disabled/.test(id))
    expect(letter?.text).toContain('Create another endpoint')
    expect(letter?.text).not.toContain('Enable the endpoint again')
  })

  it('receives another e-mail if it is disabled again', async () => {
    const world = mailWorld()
    const user = await newUser(world.send)
    const notice = noticeOf(user.uuid)
    await informOwner(world.deps, notice)
    pass(1)
    await informOwner(world.deps, { ...notice, atMs: Date.now() })
    await world.deliver()
    expect(world.provider.to(user.email).filter(({ id }) => /disabled/.test(id))).toHaveLength(2)
  })
})

describe("an endpoint of the deployment's stream that was disabled", () => {
  const rowOf = (subject: string) =>
    env.DB.prepare("SELECT * FROM exceptions WHERE kind = 'endpoint_disabled' AND subject = ?")
      .bind(subject)
      .first<{ count: number; state: string; note: string }>()

  it('is one exception, however often it is repeated, and opens again only if it is disabled again', async () => {
    const { deps } = mailWorld()
    const notice = noticeOf(DEPLOYMENT)
    const { uuid: subject } = notice.endpoint
    await informOwner(deps, notice)
    await informOwner(deps, notice)
    expect(await rowOf(subject)).toMatchObject({
      count: 1,
      state: 'open',
      note: 'hooks.example.com: failing',
    })
    const act = { action: 'resolve', operator: 'o', name: 'Operator', resolution: 'done' } as const
    await deps.exceptionStore.act({ kind: 'endpoint_disabled', subject }, act)
    await informOwner(deps, notice)
    expect(await rowOf(subject)).toMatchObject({ count: 1, state: 'resolved' })
    await informOwner(deps, { ...notice, atMs: notice.atMs + 1 })
    expect(await rowOf(subject)).toMatchObject({ count: 2, state: 'open' })
  })

  it('sends no e-mail', async () => {
    const world = mailWorld()
    await informOwner(world.deps, noticeOf(DEPLOYMENT))
    await world.deliver()
    expect([...world.provider.emails.keys()].filter((id) => /disabled/.test(id))).toEqual([])
  })
})
