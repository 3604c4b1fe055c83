/** The operator who uses the page, for all views. */
import { createContext } from 'preact'
import { useContext } from 'preact/hooks'
import type { SessionBody } from '../../../src/operators/desk-types'
import type { Permission } from '../../../src/operators/access/permissions'

export const SessionContext = createContext<SessionBody | undefined>(undefined)

export function useOperator(): SessionBody['operator'] {
  const session = useContext(SessionContext)
  if (!session) throw new Error('A view is outside of the frame.')
  return session.operator
}

/** Tells views which controls to show. The service decides again on each request. */
export function useMay(): (permission: Permission) => boolean {
  const { permissions } = useOperator()
  return (permission) => permissions.includes(permission)
}
