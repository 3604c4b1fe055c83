/** Roles with what they are for. Pure. */
import type { Role } from '../../../src/operators/access/permissions'

export const ROLE_OPTIONS = [
  ['viewer', 'Viewer: reads, with masked data'],
  ['support', 'Support: helps customers, proposes amounts'],
  ['finance', 'Finance: approves amounts and tariffs'],
  ['admin', 'Admin: everything, and operators'],
] as const satisfies readonly (readonly [Role, string])[]
