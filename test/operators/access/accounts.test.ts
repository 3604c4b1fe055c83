/** Admins manage other operators. */
import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { atOnce } from '../../support/client'
import { pass, useClock } from '../../support/clock'
import { acceptByPassword, invited, tokenOf, withPassword } from '../../support/desk'
import { worldWith } from '../../support/gateway'
import { newOperator, type TestOperator } from '../../support/operators'

useClock()

const world = worldWith()
const REASON = 'A change of duties'

const act = (admin: Pick<TestOperator, 'send'>, uuid: string, body: object) =>
  admin.send('POST', `/operator/operators/${uuid}`, { body: { reason: REASON, ...body } })

const listed = async (admin: Pick<TestOperator, 'send'>, uuid: string) => {
  const { body } = await admin.send('GET', '/operator/operators')
  return body.operators.find((each: { uuid: string }) => each.uuid === uuid)
}

const isEnabledAdmin = async (uuid: string) => {
  const row = await world.deps.accountStore.byUuid(uuid)
  return row?.role === 'admin' && row.disabledAtMs === null
}

/** Leaves only the given admins. */
const onlyAdmins = (...uuids: string[]) =>
  env.DB.prepare(
    `UPDATE operators SET role = 'viewer' WHERE uuid NOT IN (${uuids.map(() => '?').join(', ')})`,
  )
    .bind(...uuids)
    .run()

describe('the list of operators', () => {
  it('shows state, credentials, sessions and last use', async () => {
    const admin = await newOperator('admin', world.send)
    const { uuid, email, token } = await invited('support', admin)
    expect(await listed(admin, uuid)).toMatchObject({
      email,
      role: 'support',
      state: 'invited',
      has_password: false,
      live_sessions: 0,
      last_seen_at: null,
    })
    await acceptByPassword(world.send, token)
    expect(await listed(admin, uuid)).toMatchObject({
      state: 'active',
      has_password: true,
      passkeys: 0,
      live_sessions: 1,
      last_seen_at: new Date().toISOString(),
    })
    await act(admin, uuid, { action: 'disable' })
    expect(await listed(admin, uuid)).toMatchObject({ state: 'disabled', live_sessions: 0 })
  })

  it('invites no second operator with an address, in any letter case', async () => {
    const admin = await newOperator('admin', world.send)
    const { email } = await invited('viewer', admin)
    const body = { email: email.toUpperCase(), name: 'Another', role: 'viewer', reason: REASON }
    const again = await admin.send('POST', '/operator/operators', { body })
    expect(again).toMatchObject({ status: 409, body: { code: 'email_taken' } })
  })
})

describe('a change', () => {
  it('of a role takes effect with the next request, and is recorded with both roles', async () => {
    const admin = await newOperator('admin', world.send)
    const operator = await newOperator('viewer', world.send)
    expect((await operator.send('GET', '/operator/log')).status).toBe(403)
    const changed = await act(admin, operator.uuid, { action: 'change_role', role: 'finance' })
    expect(changed).toMatchObject({ status: 200, body: { operator: { role: 'finance' } } })
    expect((await operator.send('GET', '/operator/log')).status).toBe(200)
    const [done, started] = await world.deps.actionLog.list({ subject: operator.uuid, limit: 2 })
    expect(started).toMatchObject({
      operatorUuid: admin.uuid,
      action: 'operator_role_changed',
      outcome: 'started',
      reason: REASON,
      before: '{"role":"viewer","is_disabled":false}',
    })
    expect(done).toMatchObject({ after: '{"role":"finance","is_disabled":false}' })
  })

  it('that disables ends sessions, keys and invitations at once, and enabling brings none back', async () => {
    const admin = await newOperator('admin', world.send)
    const operator = await withPassword('viewer', world.send)
    const created = await operator.send('POST', '/operator/keys', {
      body: { name: 'Laptop', days: 1 },
    })
    const invitation = await act(admin, operator.uuid, { action: 'invite_again' })
    const token = tokenOf(invitation.body.invitation)
    expect((await act(admin, operator.uuid, { action: 'disable' })).status).toBe(200)
    const isRefused = async () => {
      expect((await operator.send('GET', '/operator/session')).status).toBe(401)
      const byKey = await world.send('GET', '/operator/session', { token: created.body.key })
      expect(byKey.status).toBe(401)
      const read = await world.send('POST', '/operator/invitations/read', { body: { token } })
      expect(read.status).toBe(400)
    }
    await isRefused()
    expect((await act(admin, operator.uuid, { action: 'enable' })).status).toBe(200)
    await isRefused()
  })

  it('that ends sessions ends those and keys, and the operator can log in again', async () => {
    const admin = await newOperator('admin', world.send)
    const operator = await newOperator('viewer', world.send)
    expect((await act(admin, operator.uuid, { action: 'end_sessions' })).status).toBe(200)
    expect((await operator.send('GET', '/operator/session')).status).toBe(401)
    expect(await listed(admin, operator.uuid)).toMatchObject({ live_sessions: 0 })
  })

  it.each([{ action: 'change_role', role: 'viewer' }, { action: 'disable' }])(
    'of oneself is refused: %j',
    async (change) => {
      const admin = await newOperator('admin', world.send)
      expect(await act(admin, admin.uuid, change)).toMatchObject({
        status: 403,
        body: { code: 'own_account' },
      })
      expect(await isEnabledAdmin(admin.uuid)).toBe(true)
    },
  )

  it.each([
    [{ action: 'change_role' }, '/role'],
    [{ action: 'disable', role: 'viewer' }, '/role'],
    [{ action: 'change_role', role: 'owner' }, '/role'],
    [{ action: 'disable', reason: '' }, '/reason'],
    [{ action: 'delete' }, '/action'],
  ])('such as %j is invalid', async (body, pointer) => {
    const admin = await newOperator('admin', world.send)
    const answer = await act(admin, crypto.randomUUID(), body)
    expect(answer).toMatchObject({ status: 400, body: { errors: [{ pointer }] } })
  })

  it('of an unknown operator is not found', async () => {
    const admin = await newOperator('admin', world.send)
    expect((await act(admin, crypto.randomUUID(), { action: 'disable' })).status).toBe(404)
  })
})

describe('the last admin', () => {
  it.each([{ action: 'change_role', role: 'viewer' }, { action: 'disable' }])(
    'remains if two admins act on each other at once: %j',
    async (change) => {
      for (let round = 0; round < 5; round++) {
        const pair = [
          await newOperator('admin', world.send),
          await newOperator('admin', world.send),
        ] as const
        await onlyAdmins(pair[0].uuid, pair[1].uuid)
        const answers = await atOnce(2, (index) =>
          index === 0 ? act(pair[0], pair[1].uuid, change) : act(pair[1], pair[0].uuid, change),
        )
        expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
        const remaining = [await isEnabledAdmin(pair[0].uuid), await isEnabledAdmin(pair[1].uuid)]
        expect(remaining.filter(Boolean)).toHaveLength(1)
        pass(1000)
      }
    },
  )

  it('is not changed by an admin who is demoted after the request began', async () => {
    const admin = await newOperator('admin', world.send)
    const other = await newOperator('admin', world.send)
    await onlyAdmins(admin.uuid, other.uuid)
    const { deps } = world
    /** Demotes the acting admin after the guard, while the log writes its first entry. */
    const interrupted = worldWith({
      actionLog: {
        ...deps.actionLog,
        append: async (content) => {
          await onlyAdmins(other.uuid)
          return deps.actionLog.append(content)
        },
      },
    })
    const path = `/operator/operators/${other.uuid}`
    const body = { action: 'disable', reason: REASON }
    const answer = await interrupted.send('POST', path, { body, token: admin.token })
    expect(answer).toMatchObject({ status: 409, body: { code: 'last_admin' } })
    expect(await isEnabledAdmin(other.uuid)).toBe(true)
  })
})

describe('an admin who is disabled during the request', () => {
  const disabling = (admin: TestOperator) => {
    const { actionLog } = world.deps
    return worldWith({
      actionLog: {
        ...actionLog,
        append: async (entry) => {
          await env.DB.prepare('UPDATE operators SET disabled_at_ms = 1 WHERE uuid = ?')
            .bind(admin.uuid)
            .run()
          return actionLog.append(entry)
        },
      },
    })
  }

  it('invites no one', async () => {
    const admin = await newOperator('admin', world.send)
    const email = `${crypto.randomUUID()}@example.com`
    const body = { email, name: 'Another admin', role: 'admin', reason: REASON }
    const { token } = admin
    const answer = await disabling(admin).send('POST', '/operator/operators', { token, body })
    expect(answer).toMatchObject({ status: 403, body: { code: 'not_permitted' } })
    expect(await world.deps.accountStore.byEmailKey(email)).toBeUndefined()
  })

  it('invites no one again, and the earlier invitation stays valid', async () => {
    const [admin, other] = [
      await newOperator('admin', world.send),
      await newOperator('admin', world.send),
    ]
    const body = { email: `${crypto.randomUUID()}@example.com`, name: 'New', role: 'viewer' }
    const first = await other.send('POST', '/operator/operators', {
      body: { ...body, reason: REASON },
    })
    const { operator, invitation } = first.body
    const answer = await disabling(admin).send('POST', `/operator/operators/${operator.uuid}`, {
      token: admin.token,
      body: { action: 'invite_again', reason: REASON },
    })
    expect(answer).toMatchObject({ status: 403, body: { code: 'not_permitted' } })
    const read = { body: { token: tokenOf(invitation) } }
    expect((await world.send('POST', '/operator/invitations/read', read)).status).toBe(200)
  })
})
