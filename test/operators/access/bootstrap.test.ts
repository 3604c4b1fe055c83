/** The first admin of a deployment, and the recovery of the last one. */
import { describe, expect, it } from 'vitest'
import { atOnce, statuses } from '../../support/client'
import { pass, useClock } from '../../support/clock'
import {
  acceptByPassword,
  codeOf,
  DESK_PASSWORD,
  logIn,
  logInByDeskPasskey,
  tokenOf,
  withDeskPasskey,
  withPassword,
} from '../../support/desk'
import { worldWith } from '../../support/gateway'
import { newOperator } from '../../support/operators'
import { canaries } from '../../support/secrets'

useClock()

/** A deployment with a secret of its own. */
function deployed() {
  const bootstrapSecret = `${crypto.randomUUID()}-${crypto.randomUUID()}`
  canaries.add(bootstrapSecret)
  const world = worldWith({ bootstrapSecret })
  const start = (email: string, secret = bootstrapSecret) =>
    world.send('POST', '/operator/bootstrap', { body: { secret, email, name: 'First Admin' } })
  return { world, start }
}

const freshEmail = () => `bootstrap-${crypto.randomUUID()}@example.com`

describe('a bootstrap', () => {
  it('invites an admin, once for each secret', async () => {
    const { world, start } = deployed()
    const email = freshEmail()
    const answer = await start(email)
    expect(answer.status).toBe(201)
    const { answer: accepted } = await acceptByPassword(world.send, tokenOf(answer.body.invitation))
    expect(accepted.body.operator).toMatchObject({ email, role: 'admin', name: 'First Admin' })
    const again = await start(freshEmail())
    expect(again).toMatchObject({ status: 409, body: { code: 'bootstrap_used' } })
    const [done] = await world.deps.actionLog.list({
      subject: accepted.body.operator.uuid,
      action: 'operator_bootstrapped',
      limit: 1,
    })
    expect(done).toMatchObject({ operatorUuid: null, outcome: 'done' })
  })

  it('of two at once, for one or two addresses, succeeds once', async () => {
    for (const emails of [[freshEmail(), freshEmail()], Array(2).fill(freshEmail()) as string[]]) {
      const { start } = deployed()
      const answers = await atOnce(2, (index) => start(emails[index] ?? ''))
      expect(statuses(answers)).toEqual({ 201: 1, 409: 1 })
    }
  })

  it('with another secret is refused, and creates nothing', async () => {
    const { world, start } = deployed()
    const email = freshEmail()
    for (const secret of ['x', `${crypto.randomUUID()}-${crypto.randomUUID()}`])
      expect(await start(email, secret)).toMatchObject({
        status: 401,
        body: { code: 'invalid_credentials' },
      })
    expect(await world.deps.accountStore.byEmailKey(email)).toBeUndefined()
    expect((await start(email)).status).toBe(201)
  })

  it('does not exist without the setting', async () => {
    const world = worldWith({ bootstrapSecret: undefined })
    const body = { secret: 'x', email: freshEmail(), name: 'Admin' }
    expect((await world.send('POST', '/operator/bootstrap', { body })).status).toBe(404)
  })

  it('is limited by IP address', async () => {
    const { world } = deployed()
    const body = { secret: 'x', email: freshEmail(), name: 'Admin' }
    const headers = { 'CF-Connecting-IP': '203.0.113.78' }
    const answers = await atOnce(6, () =>
      world.send('POST', '/operator/bootstrap', { body, headers }),
    )
    expect(statuses(answers)).toEqual({ 401: 5, 429: 1 })
  })
})

describe('the recovery of the last admin', () => {
  it('enables the operator as admin, and ends all earlier credentials and sessions', async () => {
    const { world, start } = deployed()
    const lost = await withPassword('viewer', world.send)
    const admin = await newOperator('admin', world.send)
    const reason = { reason: 'Left the company' }
    await admin.send('POST', `/operator/operators/${lost.uuid}`, {
      body: { action: 'disable', ...reason },
    })
    const { body } = await start(lost.email)
    pass(30_000)
    expect((await logIn(world.send, lost.email, DESK_PASSWORD, codeOf(lost.secret))).status).toBe(
      401,
    )
    expect((await lost.send('GET', '/operator/session')).status).toBe(401)
    const { answer, secret } = await acceptByPassword(
      world.send,
      tokenOf(body.invitation),
      'a new and long horse',
    )
    expect(answer.body.operator).toMatchObject({ uuid: lost.uuid, role: 'admin' })
    pass(30_000)
    const login = await logIn(world.send, lost.email, 'a new and long horse', codeOf(secret))
    expect(login.status).toBe(200)
    expect((await logIn(world.send, lost.email, DESK_PASSWORD, codeOf(secret))).status).toBe(401)
  })

  it('ends passkeys and live sessions of an operator who is not disabled', async () => {
    const { world, start } = deployed()
    const { uuid, authenticator } = await withDeskPasskey('admin', world.send)
    const row = await world.deps.accountStore.byUuid(uuid)
    const { body: session } = await logInByDeskPasskey(world.send, authenticator)
    expect((await start(row?.email ?? '')).status).toBe(201)
    expect((await world.send('GET', '/operator/session', { token: session.token })).status).toBe(
      401,
    )
    expect((await logInByDeskPasskey(world.send, authenticator)).status).toBe(400)
  })
})
