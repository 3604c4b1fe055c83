import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { deliverMessages } from '../../src/mail/deliver'
import { MAIL_RETRIES, type NewMessage } from '../../src/mail/message'
import { newUser } from '../support/client'
import { pass, useClock } from '../support/clock'
import { mailWorld } from '../support/mail'

useClock()

const MINUTE_MS = 60_000
const DAY_MS = 24 * 60 * MINUTE_MS

const stateOf = async (id: string) =>
  env.DB.prepare('SELECT state, attempts, next_attempt_at_ms FROM messages WHERE id = ?')
    .bind(id)
    .first<{ state: string; attempts: number; next_attempt_at_ms: number | null }>()

async function worldWithMessage(rest: Partial<NewMessage> = {}) {
  const world = mailWorld()
  const user = await newUser(world.send)
  await world.deliver()
  const before = world.provider.attempts
  const message: NewMessage = {
    id: crypto.randomUUID(),
    kind: 'password_changed',
    userUuid: user.uuid,
    recipient: null,
    facts: {},
    createdAtMs: Date.now(),
    ...rest,
  }
  await world.deps.messageStore.insert(message)
  return { ...world, user, message, attempts: () => world.provider.attempts - before }
}

/** Passes time and delivers every minute. */
async function deliverFor({ deliver }: { deliver: () => Promise<void> }, ms: number) {
  for (let left = ms; left > 0; left -= MINUTE_MS) {
    pass(MINUTE_MS)
    await deliver()
  }
}

describe('a message', () => {
  it('is sent once, also if it is inserted twice', async () => {
    const world = await worldWithMessage()
    await world.deps.messageStore.insert(world.message)
    await world.deliver()
    await deliverFor(world, 60 * MINUTE_MS)
    expect(world.attempts()).toBe(1)
    expect(await stateOf(world.message.id)).toMatchObject({ state: 'sent', attempts: 1 })
  })

  it('is attempted once by ten runs at the same time', async () => {
    const world = await worldWithMessage()
    await Promise.all(Array.from({ length: 10 }, world.deliver))
    expect(world.attempts()).toBe(1)
  })

  it('is sent when a failing provider works again', async () => {
    const world = await worldWithMessage()
    world.provider.fault = 'down'
    await world.deliver()
    await deliverFor(world, 10 * MINUTE_MS)
    expect(await stateOf(world.message.id)).toMatchObject({ state: 'pending' })
    world.provider.fault = 'none'
    await deliverFor(world, 20 * MINUTE_MS)
    expect(await stateOf(world.message.id)).toMatchObject({ state: 'sent' })
    expect(world.provider.emails.has(world.message.id)).toBe(true)
  })

  it('is sent again under the same ID if the response was lost', async () => {
    const world = await worldWithMessage()
    world.provider.fault = 'response_lost'
    await world.deliver()
    expect(world.provider.emails.has(world.message.id)).toBe(true)
    world.provider.fault = 'none'
    await deliverFor(world, 5 * MINUTE_MS)
    expect(world.attempts()).toBe(2)
    expect(world.provider.to(world.user.email)).toHaveLength(2)
  })

  it('is sent after its sender was killed between the claim and the provider', async () => {
    const world = await worldWithMessage()
    const [row] = await world.deps.messageStore.listDue(Date.now(), 1)
    expect(row && (await world.deps.messageStore.beginAttempt(row, Date.now() + 30_000))).toBe(true)
    await world.deliver()
    expect(world.attempts()).toBe(0)
    await deliverFor(world, 2 * MINUTE_MS)
    expect(world.attempts()).toBe(1)
  })

  it('is abandoned at the end of its lifetime, after a bounded number of attempts', async () => {
    const world = await worldWithMessage()
    world.provider.fault = 'down'
    await world.deliver()
    await deliverFor(world, DAY_MS + MINUTE_MS)
    expect(await stateOf(world.message.id)).toMatchObject({
      state: 'abandoned',
      next_attempt_at_ms: null,
    })
    expect(world.attempts()).toBeLessThanOrEqual(MAIL_RETRIES.attempts + 1)
    expect(world.attempts()).toBeGreaterThan(10)
  })

  it('is abandoned at once if the provider rejects it', async () => {
    const world = await worldWithMessage()
    world.provider.fault = 'rejects'
    await world.deliver()
    await deliverFor(world, 10 * MINUTE_MS)
    expect(world.attempts()).toBe(1)
    expect(await stateOf(world.message.id)).toMatchObject({ state: 'abandoned' })
  })

  it('of a kind that only a later release knows stays, and does not stop the others', async () => {
    const world = await worldWithMessage({ kind: 'no_such_kind' as NewMessage['kind'] })
    const other = { ...world.message, id: crypto.randomUUID(), kind: 'password_changed' } as const
    await world.deps.messageStore.insert(other)
    await world.deliver()
    expect(await stateOf(other.id)).toMatchObject({ state: 'sent' })
    expect(await stateOf(world.message.id)).toMatchObject({ state: 'pending', attempts: 0 })
  })

  it('goes to the address that the account has at delivery', async () => {
    const world = await worldWithMessage()
    await env.DB.prepare('UPDATE users SET email = ? WHERE uuid = ?')
      .bind('moved@example.com', world.user.uuid)
      .run()
    await world.deliver()
    expect(world.provider.to('moved@example.com')).toHaveLength(1)
  })
})

describe('a mailbox', () => {
  const set = (column: string, value: string, uuid: string) =>
    env.DB.prepare(`UPDATE users SET ${column} = ? WHERE uuid = ?`).bind(value, uuid).run()

  it.each([
    ['email_complaint', 'bounced', 'password_changed', 'void'],
    ['email_complaint', 'complained', 'password_changed', 'sent'],
    ['email_complaint', 'complained', 'new_device', 'void'],
    ['email_complaint', 'bounced', 'verify_email', 'sent'],
    ['muted_messages', '["new_device"]', 'new_device', 'void'],
    ['muted_messages', '["password_changed"]', 'password_changed', 'sent'],
  ] as const)(
    'with %s %s gives a message of kind %s the state %s',
    async (column, value, kind, state) => {
      const world = await worldWithMessage({ kind, facts: { device: 'Phone', place: '' } })
      await set(column, value, world.user.uuid)
      await deliverMessages(world.deps)
      expect(await stateOf(world.message.id)).toMatchObject({ state })
    },
  )
})
