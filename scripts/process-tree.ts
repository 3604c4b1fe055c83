/** Kills a process and its descendants, if it ignored a signal. */
import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'

type Row = readonly [pid: number, parent: number]

/** Descendants of a process, children before parents. */
export function descendantsOf(root: number, rows: readonly Row[]): number[] {
  const found = [root]
  for (const parent of found)
    found.push(...rows.flatMap(([pid, of]) => (of === parent && !found.includes(pid) ? [pid] : [])))
  return found.slice(1).toReversed()
}

/** Reads `/proc`, because slim images have no `ps`. */
function readRows(): Row[] {
  if (process.platform === 'linux')
    return readdirSync('/proc').flatMap((name) => {
      try {
        const [, parent] = /^.*\) \S (\d+)/s.exec(readFileSync(`/proc/${name}/stat`, 'utf8')) ?? []
        return /^\d+$/.test(name) && parent ? [[Number(name), Number(parent)] as const] : []
      } catch {
        return []
      }
    })
  const { stdout } = spawnSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' })
  return [...(stdout ?? '').matchAll(/(\d+)\s+(\d+)/g)].map(
    ([, pid, parent]) => [Number(pid), Number(parent)] as const,
  )
}

export function endTree(root: number | undefined): void {
  if (root === undefined) return
  for (const pid of [...descendantsOf(root, readRows()), root])
    try {
      process.kill(pid, 'SIGKILL')
    } catch {
      /* the process has ended */
    }
}
