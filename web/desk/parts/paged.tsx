/** A list that is read page by page: loading, empty, failed, and a button for the next page. */
import type { ComponentChildren } from 'preact'
import { Button } from '../../shared/button'
import { Empty } from '../../shared/notes'
import type { Pages } from '../base/use-pages'
import { Failed, Loading } from './loaded'

interface PagedProps<T> {
  readonly pages: Pages<T>
  /** Names the items: `exceptions`. */
  readonly things: string
  readonly empty: ComponentChildren
  readonly children: (items: readonly T[]) => ComponentChildren
}

export function Paged<T>({ pages, things, empty, children }: PagedProps<T>) {
  const { items, problem, readMore, isBusy, reload } = pages
  return (
    <>
      {items === undefined && !problem && <Loading />}
      {items?.length === 0 && <Empty>{empty}</Empty>}
      {items !== undefined && items.length > 0 && children(items)}
      {problem && <Failed problem={problem} onRetry={() => void reload()} />}
      {readMore && (
        <Button isSmall isBusy={isBusy} label={`Load more ${things}`} onClick={readMore}>
          Load more
        </Button>
      )}
    </>
  )
}
