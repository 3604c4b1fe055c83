/** Reads a resource when a view opens. The earlier value stays visible while the resource is read again. */
import { useCallback, useEffect, useRef, useState } from 'preact/hooks'
import { type DeskProblem, get } from './request'

export interface Loaded<T> {
  readonly value: T | undefined
  readonly problem: DeskProblem | undefined
  readonly reload: () => Promise<void>
}

interface Kept<T> {
  readonly path: string
  readonly value?: T
  readonly problem?: DeskProblem
}

/** @param path of the resource; undefined reads nothing */
export function useLoad<T>(path: string | undefined): Loaded<T> {
  const [kept, setKept] = useState<Kept<T>>()
  const wanted = useRef(path)
  wanted.current = path
  const reload = useCallback(async () => {
    if (path === undefined) return
    const answer = await get<T>(path)
    /** The view may show another resource by now. */
    if (wanted.current !== path) return
    if (answer.ok) return setKept({ path, value: answer.value })
    setKept((known) => ({ ...(known?.path === path ? known : { path }), problem: answer.problem }))
  }, [path])
  useEffect(() => void reload(), [reload])
  const current = kept?.path === path ? kept : undefined
  return { value: current?.value, problem: current?.problem, reload }
}
