/** Sections of the back office, and the permission that shows each. Pure. */
import type { Permission } from '../../src/operators/access/permissions'

interface Section {
  /** First part of the place; empty for the start. */
  readonly name: string
  readonly text: string
  readonly permission: Permission
}

const SECTIONS: readonly Section[] = [
  { name: '', text: 'Home', permission: 'exceptions.read' },
  { name: 'customers', text: 'Customers', permission: 'customers.read' },
  { name: 'proposals', text: 'Proposals', permission: 'customers.read' },
  { name: 'exceptions', text: 'Exceptions', permission: 'exceptions.read' },
  { name: 'finance', text: 'Finance', permission: 'finance.read' },
  { name: 'tariffs', text: 'Tariffs', permission: 'tariffs.read' },
  { name: 'operators', text: 'Operators', permission: 'operators.read' },
  { name: 'log', text: 'Log', permission: 'log.read' },
]

export const sectionsFor = (permissions: readonly Permission[]): readonly Section[] =>
  SECTIONS.filter(({ permission }) => permissions.includes(permission))
