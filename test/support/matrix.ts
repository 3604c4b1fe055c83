/** Tables of docs/back-office.md: what each role may do, and what each route requires. */
import type { Permission, Role } from '../../src/operators/access/permissions'

const cellsOf = (line: string): string[] =>
  line
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim().replaceAll('`', ''))

/** Rows of the table whose first column has a name, as objects by column. */
export function tableOf(text: string, firstColumn: string): Record<string, string>[] {
  const lines = text.split('\n')
  const at = lines.findIndex((line) => cellsOf(line)[0] === firstColumn)
  const header = cellsOf(lines[at] ?? '')
  const rows = lines.slice(at + 2)
  const end = rows.findIndex((line) => !line.startsWith('|'))
  return rows
    .slice(0, end)
    .map(cellsOf)
    .map((cells) => Object.fromEntries(header.map((name, index) => [name, cells[index] ?? ''])))
}

/** Each permission with the roles that have it. */
export const permissionsIn = (text: string, roles: readonly Role[]): Record<string, Role[]> =>
  Object.fromEntries(
    tableOf(text, 'permission').map((row) => [
      row['permission'],
      roles.filter((role) => row[role] === 'yes'),
    ]),
  )

export interface RouteRow {
  readonly method: string
  readonly path: string
  readonly requires: Permission | 'open' | 'own' | 'session'
}

export const routesIn = (text: string): RouteRow[] =>
  tableOf(text, 'route').map((row) => {
    const [method = '', path = ''] = (row['route'] ?? '').split(' ')
    return { method, path, requires: row['permission'] as RouteRow['requires'] }
  })
