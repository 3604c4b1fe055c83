/** The table of states and commands, as `docs/calls.md` shows it. */
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

const [header = '', , ...lines] = calls.split('\n').filter((line) => line.startsWith('|'))
const [, ...commands] = cellsOf(header)

export const stateTable: Cell[] = lines
  .slice(0, 5)
  .map(cellsOf)
  .flatMap(([state = '', ...outcomes]) =>
    commands.map((command, index) => ({ state, command, outcome: outcomes[index] ?? '' })),
  )
