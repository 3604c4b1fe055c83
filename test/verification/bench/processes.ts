/** Data about processes from Linux: children, memory and CPU time. */
import { readFileSync } from 'node:fs'

const read = (path: string): string => {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

export const childrenOf = (pid: number): number[] =>
  read(`/proc/${pid}/task/${pid}/children`).split(' ').filter(Boolean).map(Number)

/** Resident memory, or `undefined` without /proc. */
export function memoryBytes(pid: number): number | undefined {
  const kib = /^VmRSS:\s*(\d+) kB$/m.exec(read(`/proc/${pid}/status`))?.[1]
  return kib === undefined ? undefined : Number(kib) * 1024
}

const TICK_MS = 10

/** CPU time that the process has used. */
export function usedMs(pid: number): number | undefined {
  const fields = read(`/proc/${pid}/stat`).split(') ')[1]?.split(' ')
  return fields && (Number(fields[11]) + Number(fields[12])) * TICK_MS
}

const GLANCE_MS = 150
const IDLE_MS = 20
const PATIENCE_MS = 20_000
const WITHOUT_PROC_MS = 2000

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/** Waits until the processes are idle, so that one measurement does not affect the next. */
export async function quiet(pids: readonly number[]): Promise<void> {
  const used = () => pids.map((pid) => usedMs(pid)).reduce((sum = 0, ms = 0) => sum + ms, 0)
  if (pids.length === 0) return pause(WITHOUT_PROC_MS)
  const untilMs = Date.now() + PATIENCE_MS
  for (let idle = 0, last = used() ?? 0; idle < 2 && Date.now() < untilMs;) {
    await pause(GLANCE_MS)
    const now = used() ?? 0
    idle = now - last <= IDLE_MS ? idle + 1 : 0
    last = now
  }
}
