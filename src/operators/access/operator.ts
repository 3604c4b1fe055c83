/** The operator who sends a request. */
import type { Permission, Role, Via } from './permissions'

export interface Operator {
  readonly uuid: string
  readonly name: string
  readonly email: string
  readonly emailKey: string
  readonly role: Role
  /** UUID of the session or key; null for a token of Cloudflare Access. */
  readonly sessionUuid: string | null
  readonly via: Via
  readonly permissions: readonly Permission[]
  /** End of the session or key, in milliseconds; null for a token of Cloudflare Access. */
  readonly expiresAtMs: number | null
}

/** The part of an operator that the log of actions and proposals store. */
export type Actor = Pick<Operator, 'uuid'>

export const mayDo = ({ permissions }: Operator, permission: Permission): boolean =>
  permissions.includes(permission)
