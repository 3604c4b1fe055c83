/** The tables of states and commands in `docs/calls.md` and `docs/rooms.md`. */
import calls from '../../docs/calls.md?raw'
import rooms from '../../docs/rooms.md?raw'

export interface Cell {
  readonly state: string
  readonly command: string
  /** A new state, an error, or `=` for no change. The document explains it. */
  readonly outcome: string
}

const cellsOf = (line: string): string[] =>
  line
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim())

/** One column of the table represents the three states in which a call has ended. */
const STATES: Readonly<Record<string, readonly string[]>> = {
  ended: ['completed', 'cancelled', 'failed'],
}

/** Cells of a Markdown table. Its first row has the states, and its first column the commands. */
function readTable(table: string): Cell[] {
  const [header = '', , ...lines] = table.trimEnd().split('\n')
  const [, ...columns] = cellsOf(header)
  return lines
    .map(cellsOf)
    .flatMap(([command = '', ...outcomes]) =>
      columns.map((state, index) => ({ state, command, outcome: outcomes[index] ?? '' })),
    )
}

const tablesIn = (text: string): string[] => text.match(/(?:^\|.*\n)+/gm) ?? []

const [callTable = ''] = tablesIn(calls)
export const stateTable: Cell[] = readTable(callTable).flatMap((cell) =>
  (STATES[cell.state] ?? [cell.state]).map((state) => ({ ...cell, state })),
)

const [, roomStates = ''] = /^## States\n([^]*?)^## /m.exec(rooms) ?? []
export const roomTable: Cell[] = tablesIn(roomStates).flatMap(readTable)
