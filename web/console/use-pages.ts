/** A list that is read page by page: the newest items, which the account reloads, and older ones on request. */
import { useEffect, useRef, useState } from 'preact/hooks'
import type { Answer, Problem } from '../shared/api'
import { type Filter, isFiltered } from './period'

export const PAGE_SIZE = 10
const MAX_PAGE = 100

export interface PageQuery {
  readonly limit: number
  readonly cursor?: string
}

export interface PagesOptions<T> {
  /** Names the list and its filter. Another key starts with an empty list. */
  readonly listKey: string
  readonly filter: Filter
  /** Newest items without a filter. */
  readonly newest: readonly T[]
  readonly read: (query: PageQuery) => Promise<Answer<T[]>>
  readonly idOf: (item: T) => string | number
  readonly compare: (a: T, b: T) => number
}

interface Kept<T> {
  readonly listKey: string
  readonly items: readonly T[]
  readonly next: string | undefined
}

export interface Pages<T> {
  readonly items: readonly T[]
  /** False while the first page of a filter is read. */
  readonly isReady: boolean
  /** Reads older items; undefined if there are none. */
  readonly readMore: (() => void) | undefined
  readonly isBusy: boolean
  readonly problem: Problem | undefined
}

export function usePages<T>(options: PagesOptions<T>): Pages<T> {
  const { listKey, filter, newest, idOf, compare } = options
  const [kept, setKept] = useState<Kept<T>>()
  const [isBusy, setBusy] = useState(false)
  const [problem, setProblem] = useState<Problem>()
  const latest = useRef(options)
  latest.current = options
  const known = kept?.listKey === listKey ? kept : undefined
  const knownCount = useRef(0)
  knownCount.current = known?.items.length ?? 0
  const filtered = isFiltered(filter)

  const merge = (...pages: readonly (readonly T[])[]): T[] => [
    ...new Map(pages.flat().map((item) => [idOf(item), item])).values(),
  ]
  /** A response for a list that is no longer shown is dropped. */
  const readPage = async (query: PageQuery, before: readonly T[]) => {
    setBusy(true)
    const page = await latest.current.read(query)
    setBusy(false)
    if (latest.current.listKey !== listKey) return
    setProblem(page.ok ? undefined : page.problem)
    if (page.ok) setKept({ listKey, items: merge(before, page.value), next: page.next })
  }
  const readFirst = useRef(readPage)
  readFirst.current = readPage

  useEffect(() => {
    if (!filtered) return
    const limit = Math.min(MAX_PAGE, Math.max(PAGE_SIZE, knownCount.current))
    void readFirst.current({ limit }, [])
  }, [listKey, filtered, newest])

  const items = filtered
    ? (known?.items ?? [])
    : merge(known?.items ?? [], newest).toSorted(compare)
  const hasMore = known ? known.next !== undefined : !filtered && newest.length >= PAGE_SIZE
  const readMore = () => {
    if (isBusy) return
    const query = known?.next
      ? { limit: PAGE_SIZE, cursor: known.next }
      : { limit: newest.length + PAGE_SIZE }
    void readPage(query, known?.items ?? [])
  }
  return {
    items,
    isReady: !filtered || known !== undefined || problem !== undefined,
    readMore: hasMore ? readMore : undefined,
    isBusy,
    problem,
  }
}
