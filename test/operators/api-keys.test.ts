/** API keys of the deployment, which admins manage. */
import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { worldWith } from '../support/gateway'
import { newOperator, operatorSender } from '../support/operators'

const world = worldWith({ hasDeploymentEvents: true })
const asAdmin = operatorSender(world.send)
const BODY = { name: 'Warehouse', scopes: ['events:read'], reason: 'reporting' }

const actionsOn = async (action: string) =>
  (
    await env.DB.prepare('SELECT * FROM operator_actions WHERE action = ? ORDER BY seq')
      .bind(action)
      .all()
  ).results

describe("the deployment's keys", () => {
  it('are created, listed and revoked, each with a reason in the log of actions', async () => {
    const created = await asAdmin('POST', '/operator/api-keys', { body: BODY })
    expect(created.status).toBe(201)
    expect(created.headers.get('Cache-Control')).toBe('no-store')
    const { key, ...listed } = created.body
    expect(key).toMatch(/^aik_[\w-]{70}$/)
    const list = async () => (await asAdmin('GET', '/operator/api-keys')).body.keys
    expect(await list()).toEqual([listed])
    expect(JSON.stringify(await list())).not.toContain(key)
    const revoke = () =>
      asAdmin('POST', `/operator/api-keys/${listed.uuid}/revoke`, { body: { reason: 'rotation' } })
    expect((await revoke()).status).toBe(200)
    expect(await list()).toEqual([])
    expect((await revoke()).status).toBe(404)
    const entries = [
      ...(await actionsOn('api_key_created')),
      ...(await actionsOn('api_key_revoked')),
    ]
    expect(entries).toMatchObject([
      { outcome: 'started', reason: 'reporting' },
      { outcome: 'done', after: JSON.stringify({ uuid: listed.uuid, scopes: 'events:read' }) },
      { outcome: 'started', reason: 'rotation', subject: listed.uuid },
      { outcome: 'done' },
      { outcome: 'started' },
      { outcome: 'refused' },
    ])
    expect(JSON.stringify(entries)).not.toContain('aik_')
  })

  it.each([
    { ...BODY, scopes: ['calls:read'] },
    { ...BODY, scopes: [] },
    { ...BODY, reason: undefined },
    { ...BODY, owner: 'x' },
  ])('are refused for the body %j', async (body) => {
    expect((await asAdmin('POST', '/operator/api-keys', { body })).status).toBe(400)
  })

  it('are refused without the setting, which is then logged', async () => {
    const off = worldWith({ hasDeploymentEvents: false })
    const answer = await operatorSender(off.send)('POST', '/operator/api-keys', { body: BODY })
    expect(answer).toMatchObject({ status: 409, body: { code: 'deployment_events_off' } })
  })

  it('do not work as tokens of operators', async () => {
    const { body } = await asAdmin('POST', '/operator/api-keys', { body: BODY })
    const { status } = await world.send('GET', '/operator/api-keys', { token: body.key })
    expect(status).toBe(401)
    const finance = await newOperator('finance', world.send)
    expect((await finance.send('GET', '/operator/api-keys')).status).toBe(403)
  })
})
