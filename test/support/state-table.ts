/** The table of states and commands in `docs/calls.md`. */
import calls from '../../docs/calls.md?raw'

export interface Cell {
  readonly state: string
  readonly command: string
  /** A new state and its `end_reason`, `409`, or `=` for no change. */
  readonly outcome: string
}

const cellsOf = (line: string): string[] =>
  line
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim())

const [table = ''] = /(?:^\|.*\n)+/m.exec(calls) ?? []
const [header = '', , ...lines] = table.trimEnd().split('\n')
const [, ...columns] = cellsOf(header)

/** One column of the table represents the three states in which a call has ended. */
const STATES: Readonly<Record<string, readonly string[]>> = {
  ended: ['completed', 'cancelled', 'failed'],
}

export const stateTable: Cell[] = lines.map(cellsOf).flatMap(([command = '', ...outcomes]) =>
  columns.flatMap((column, index) =>
    (STATES[column] ?? [column]).map((state) => ({
      state,
      command,
      outcome: outcomes[index] ?? '',
    })),
  ),
)
