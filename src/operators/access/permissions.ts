/** Roles of operators and what each role may do. docs/back-office.md has the same matrix; a test compares them. Pure. */

export const ROLES = ['viewer', 'support', 'finance', 'admin'] as const
export type Role = (typeof ROLES)[number]

const everyone: readonly Role[] = ROLES
const support: readonly Role[] = ['support', 'admin']
const finance: readonly Role[] = ['finance', 'admin']
const staff: readonly Role[] = ['support', 'finance', 'admin']
const admin: readonly Role[] = ['admin']

/** Roles that have each permission. */
export const ROLES_WITH = {
  'customers.read': everyone,
  'customers.reveal': staff,
  'customers.act': support,
  'payments.act': staff,
  'money.propose': staff,
  'money.approve': finance,
  'exceptions.read': everyone,
  'exceptions.act': staff,
  'finance.read': ['viewer', 'finance', 'admin'],
  'finance.export': finance,
  'finance.act': finance,
  'tariffs.read': everyone,
  'tariffs.propose': finance,
  'tariffs.approve': finance,
  'log.read': finance,
  'audit.read': everyone,
  'audit.repair': admin,
  'operators.read': admin,
  'operators.act': admin,
  'keys.manage': admin,
} as const satisfies Record<string, readonly Role[]>

export type Permission = keyof typeof ROLES_WITH

export const PERMISSIONS = Object.keys(ROLES_WITH) as Permission[]

/** A key of the command line has at most these: it reads, and reveals no personal data. */
const KEY_PERMISSIONS: ReadonlySet<Permission> = new Set([
  'customers.read',
  'exceptions.read',
  'finance.read',
  'tariffs.read',
  'audit.read',
])

/** How an operator was authenticated. */
export type Via = 'session' | 'key' | 'access'

export const permissionsOf = (role: Role, via: Via): readonly Permission[] =>
  PERMISSIONS.filter(
    (permission) =>
      (ROLES_WITH[permission] as readonly Role[]).includes(role) &&
      (via !== 'key' || KEY_PERMISSIONS.has(permission)),
  )
