/** One action of a form or button at a time, with the problem that it returned. */
import { useCallback, useRef, useState } from 'preact/hooks'
import type { Problem } from './api'

export interface Action {
  /** Runs `work` unless it is already running. A returned problem is shown. */
  readonly act: (work: () => Promise<Problem | undefined>) => void
  readonly isBusy: boolean
  readonly problem: Problem | undefined
  /** Removes the problem. */
  readonly clear: () => void
}

export function useAction(): Action {
  const [isBusy, setBusy] = useState(false)
  const [problem, setProblem] = useState<Problem>()
  const isActing = useRef(false)
  const run = useCallback(async (work: () => Promise<Problem | undefined>) => {
    if (isActing.current) return
    isActing.current = true
    setBusy(true)
    setProblem(undefined)
    setProblem(await work())
    setBusy(false)
    isActing.current = false
  }, [])
  const act = useCallback<Action['act']>((work) => void run(work), [run])
  const clear = useCallback(() => setProblem(undefined), [])
  return { act, isBusy, problem, clear }
}
