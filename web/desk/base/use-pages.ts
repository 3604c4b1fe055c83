/** A list that is read page by page. */
import { useCallback, useEffect, useRef, useState } from 'preact/hooks'
import { type DeskProblem, get } from './request'

export interface Page<T> {
  readonly items: readonly T[]
  readonly next: string | null
}

export interface Pages<T> {
  /** Undefined until the first page is read. */
  readonly items: readonly T[] | undefined
  readonly problem: DeskProblem | undefined
  readonly isBusy: boolean
  /** Reads the next page; undefined on the last one. */
  readonly readMore: (() => void) | undefined
  readonly reload: () => Promise<void>
}

interface Kept<T> extends Page<T> {
  readonly path: string
}

interface PagesOptions<B, T> {
  /** Path and filter of the list. */
  readonly path: string
  /** Parameter with the value `next` of the previous page. */
  readonly cursor: string
  readonly pageOf: (body: B) => Page<T>
}

export function usePages<B, T>({ path, cursor, pageOf }: PagesOptions<B, T>): Pages<T> {
  const [kept, setKept] = useState<Kept<T>>()
  const [failed, setFailed] = useState<{ path: string; problem: DeskProblem }>()
  const [isBusy, setBusy] = useState(false)
  const latest = useRef({ path, pageOf })
  latest.current = { path, pageOf }
  const read = useCallback(
    async (earlier: readonly T[], next: string | null) => {
      const join = path.includes('?') ? '&' : '?'
      const query = next === null ? '' : `${join}${cursor}=${encodeURIComponent(next)}`
      setBusy(true)
      const answer = await get<B>(`${path}${query}`)
      setBusy(false)
      if (latest.current.path !== path) return
      setFailed(answer.ok ? undefined : { path, problem: answer.problem })
      if (!answer.ok) return
      const page = latest.current.pageOf(answer.value)
      setKept({ path, items: [...earlier, ...page.items], next: page.next })
    },
    [path, cursor],
  )
  const reload = useCallback(() => read([], null), [read])
  useEffect(() => void reload(), [reload])
  const known = kept?.path === path ? kept : undefined
  const next = known?.next ?? null
  return {
    items: known?.items,
    problem: failed?.path === path ? failed.problem : undefined,
    isBusy,
    readMore: known && next !== null && !isBusy ? () => void read(known.items, next) : undefined,
    reload,
  }
}
