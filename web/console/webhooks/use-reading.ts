/** Reads a value when a part of the page appears, and again while it is shown and the page is visible. */
import { useCallback, useEffect, useRef, useState } from 'preact/hooks'
import type { Answer, Problem } from '../../shared/api'

interface Reading<T> {
  readonly value: T | undefined
  readonly problem: Problem | undefined
  /** Reads at once. */
  readonly reload: () => Promise<void>
}

/** @param everyMs how often; absent for a value that changes only by the user's own actions */
export function useReading<T>(read: () => Promise<Answer<T>>, everyMs?: number): Reading<T> {
  const [value, setValue] = useState<T>()
  const [problem, setProblem] = useState<Problem>()
  /** A response that arrives after a later one is dropped. */
  const turns = useRef({ asked: 0, shown: 0 }).current
  const latest = useRef(read)
  latest.current = read
  const reload = useCallback(async () => {
    turns.asked += 1
    const turn = turns.asked
    const answer = await latest.current()
    if (turn < turns.shown) return
    turns.shown = turn
    if (answer.ok) setValue(answer.value)
    setProblem(answer.ok ? undefined : answer.problem)
  }, [turns])
  useEffect(() => {
    void reload()
    if (everyMs === undefined) return undefined
    const timer = setInterval(() => void (document.hidden || reload()), everyMs)
    return () => clearInterval(timer)
  }, [reload, everyMs])
  return { value, problem, reload }
}
