/** Progress of a long run, printed in place on a terminal and as lines elsewhere. */
const LINE_EVERY_MS = 10_000
const REDRAW_EVERY_MS = 100

export interface Output {
  readonly isTTY?: boolean
  readonly write: (text: string) => unknown
}

export interface Progress {
  /** Prints `<done> of <total> <unit>`, unless it has just done so. */
  readonly update: (done: number) => void
  /** Leaves the line that a terminal shows. */
  readonly end: () => void
}

/** @param total left out if it is not known */
export function createProgress(
  unit: string,
  total?: number,
  output: Output = process.stdout,
  now: () => number = () => performance.now(),
): Progress {
  const everyMs = output.isTTY ? REDRAW_EVERY_MS : LINE_EVERY_MS
  let printedAtMs = now()
  let isLineOpen = false
  return {
    update(done) {
      if (now() - printedAtMs < everyMs) return
      printedAtMs = now()
      const text = `${done}${total === undefined ? '' : ` of ${total}`} ${unit}`
      output.write(output.isTTY ? `\r${text}` : `${text}\n`)
      isLineOpen = output.isTTY === true
    },
    end() {
      if (isLineOpen) output.write('\n')
      isLineOpen = false
    },
  }
}

/** Prints lines with the seconds since the start of the run. */
export function createTimedLog(): (line: string) => void {
  const startedAtMs = performance.now()
  return (line) => {
    const seconds = ((performance.now() - startedAtMs) / 1000).toFixed(0)
    console.log(`${seconds.padStart(4)} s  ${line}`)
  }
}
