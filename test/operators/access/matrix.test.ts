/** Each route of operators with each role, against the tables of docs/back-office.md. */
import { describe, expect, it } from 'vitest'
import { createApp } from '../../../src/app'
import { permissionsOf, ROLES } from '../../../src/operators/access/permissions'
import backOffice from '../../../docs/back-office.md?raw'
import { fill } from '../../support/documented'
import { worldWith } from '../../support/gateway'
import { permissionsIn, routesIn, type RouteRow } from '../../support/matrix'
import { newOperator } from '../../support/operators'

/** Routes without a guard. A change of this list is a change of what strangers may do. */
const OPEN = [
  'POST /operator/bootstrap',
  'POST /operator/invitations/accept',
  'POST /operator/invitations/passkey-options',
  'POST /operator/invitations/read',
  'POST /operator/session',
  'POST /operator/session/passkey',
  'POST /operator/session/passkey/options',
]

const world = worldWith()
const rows = routesIn(backOffice)
const rolesWith = permissionsIn(backOffice, ROLES)
const guarded = rows.filter(({ requires }) => requires !== 'open')

const nameOf = ({ method, path }: Pick<RouteRow, 'method' | 'path'>) =>
  `${method} ${path.split('?')[0]}`

/** Hono writes parameters as `:uuid`, sometimes with a pattern. Middleware may have a wildcard. */
const existing = new Set(
  createApp(world.deps)
    .routes.filter(({ method, path }) => path.startsWith('/operator') && method !== 'ALL')
    .filter(({ path }) => !path.includes('*'))
    .map(({ method, path }) => `${method} ${path.replaceAll(/:(\w+)(\{[^/]*\})?/g, '{$1}')}`),
)

const request = ({ method, path }: RouteRow, token?: string) =>
  world.send(method, fill(path, crypto.randomUUID()), {
    token,
    ...(method === 'GET' || method === 'DELETE' ? {} : { body: {} }),
  })

/** Whether a role, or a key of an operator with it, may use a route. */
function isAllowed({ requires }: RouteRow, role: (typeof ROLES)[number], via: 'session' | 'key') {
  if (requires === 'own') return true
  if (requires === 'session') return via === 'session'
  if (requires === 'open') return true
  const hasRole = rolesWith[requires]?.includes(role) ?? false
  return hasRole && (via === 'session' || permissionsOf(role, 'key').includes(requires))
}

describe('the table of routes in docs/back-office.md', () => {
  it('has each route of operators, and no other', () => {
    expect([...new Set(rows.map(nameOf))].toSorted()).toEqual([...existing].toSorted())
  })

  it('names a permission for each route but those that are open', () => {
    for (const { requires, path } of rows)
      expect(['open', 'own', 'session', ...Object.keys(rolesWith)], path).toContain(requires)
    const open = rows.filter(({ requires }) => requires === 'open').map(nameOf)
    expect(open.toSorted()).toEqual(OPEN)
  })
})

describe('without an operator', () => {
  it.each([...existing].filter((name) => !OPEN.includes(name)))('%s is refused', async (name) => {
    const [method = '', path = ''] = name.split(' ')
    for (const token of [undefined, 'ops_unknown']) {
      const answer = await request({ method, path, requires: 'own' }, token)
      expect(answer).toMatchObject({ status: 401, body: { code: 'operator_unknown' } })
    }
  })

  it.each(OPEN)('%s is reached', async (name) => {
    const [method = '', path = ''] = name.split(' ')
    const { status, body } = await request({ method, path, requires: 'open' })
    expect(status).toBeLessThan(500)
    expect(body.code).not.toBe('operator_unknown')
  })
})

describe.each(['session', 'key'] as const)('with a %s', (via) => {
  describe.each(ROLES)('of a %s', (role) => {
    it.each(guarded.map((row) => [`${row.method} ${row.path}`, row] as const))(
      '%s is allowed or refused as the matrix says',
      async (_, row) => {
        const { token } = await newOperator(role, world.send, via)
        const { status, body } = await request(row, token)
        const isRefused = status === 403 && body.code === 'not_permitted'
        expect(isRefused, `${status} ${body?.code}`).toBe(!isAllowed(row, role, via))
        expect(status).not.toBe(401)
        expect(status).toBeLessThan(500)
      },
    )
  })
})
