import { describe, expect, it } from 'vitest'
import {
  PERMISSIONS,
  permissionsOf,
  ROLES,
  ROLES_WITH,
} from '../../../src/operators/access/permissions'
import { isLiveSession } from '../../../src/operators/access/session'
import { readText } from '../../support/markdown'
import { permissionsIn, tableOf } from '../../support/matrix'

const text = readText('docs/back-office.md')

describe('the roles', () => {
  it('have the permissions of the table in docs/back-office.md', () => {
    expect(permissionsIn(text, ROLES)).toEqual(ROLES_WITH)
  })

  it('have a yes or a dash in each cell of the table', () => {
    for (const row of tableOf(text, 'permission'))
      for (const role of ROLES)
        expect(['yes', '–'], `${row['permission']} of ${role}`).toContain(row[role])
  })

  it('of a key are bounded by those of a viewer, and let it read only', () => {
    const viewer = permissionsOf('viewer', 'session')
    for (const role of ROLES)
      for (const permission of permissionsOf(role, 'key')) {
        expect(viewer).toContain(permission)
        expect(permission).toMatch(/\.read$/)
      }
    expect(permissionsOf('admin', 'key')).toEqual(
      PERMISSIONS.filter((permission) =>
        [
          'customers.read',
          'exceptions.read',
          'finance.read',
          'tariffs.read',
          'audit.read',
        ].includes(permission),
      ),
    )
    expect(permissionsOf('support', 'key')).not.toContain('finance.read')
  })
})

const HOUR = 3_600_000
const began = { kind: 'session', lastUsedAtMs: 0, expiresAtMs: 12 * HOUR, endedAtMs: null } as const

describe('a session', () => {
  it.each([
    [{}, 0, true],
    [{}, HOUR - 1, true],
    [{}, HOUR, false],
    [{ lastUsedAtMs: 12 * HOUR - 1 }, 12 * HOUR - 1, true],
    [{ lastUsedAtMs: 12 * HOUR - 1 }, 12 * HOUR, false],
    [{ endedAtMs: 5 }, 1, false],
    [{ kind: 'key' }, 11 * HOUR, true],
    [{ kind: 'key' }, 12 * HOUR, false],
    [{ kind: 'key', endedAtMs: 5 }, 1, false],
  ] as const)('with %j at %i ms is live: %s', (changed, nowMs, isLive) => {
    expect(isLiveSession({ ...began, ...changed }, nowMs)).toBe(isLive)
  })
})
