/** Fields that filter a list by a value and a period, and the button for older items. */
import type { ComponentChildren } from 'preact'
import { Button } from '../shared/button'
import { Empty, ProblemNote } from '../shared/notes'
import { type Filter, isFiltered, NO_FILTER } from './period'
import type { Pages } from './use-pages'
import './filters.css'

interface FiltersProps {
  /** Name of the filtered items for screen readers: `calls`. */
  readonly things: string
  readonly valueName: string
  readonly words: Readonly<Record<string, string>>
  readonly filter: Filter
  readonly onFilter: (filter: Filter) => void
}

export function Filters({ things, valueName, words, filter, onFilter }: FiltersProps) {
  const day = (name: 'from' | 'to', label: string) => (
    <label class="field">
      {label}
      <input
        type="date"
        value={filter[name]}
        min={name === 'to' ? filter.from || undefined : undefined}
        max={name === 'from' ? filter.to || undefined : undefined}
        onChange={(event) => onFilter({ ...filter, [name]: event.currentTarget.value })}
      />
    </label>
  )
  return (
    <details class="filters">
      <summary aria-label={`Filter ${things}`}>
        Filter{isFiltered(filter) && <span class="dot" />}
        {isFiltered(filter) && <span class="unseen"> (on)</span>}
      </summary>
      <div class="filter-fields" role="group" aria-label={`Filter of ${things}`}>
        <label class="field">
          {valueName}
          <select
            value={filter.value}
            onChange={(event) => onFilter({ ...filter, value: event.currentTarget.value })}
          >
            <option value="">All</option>
            {Object.entries(words).map(([value, word]) => (
              <option key={value} value={value}>
                {word}
              </option>
            ))}
          </select>
        </label>
        {day('from', 'From')}
        {day('to', 'To')}
        <Button isSmall label={`Clear the filter of ${things}`} onClick={() => onFilter(NO_FILTER)}>
          Clear
        </Button>
      </div>
    </details>
  )
}

interface PagedProps<T> {
  readonly pages: Pages<T>
  readonly things: string
  readonly filter: Filter
  /** Shown if there is nothing yet. */
  readonly empty: string
  readonly children: ComponentChildren
}

/** A list with its empty state, its problem, and the button for older items. */
export function Paged<T>({ pages, things, filter, empty, children }: PagedProps<T>) {
  const { items, isReady, readMore, isBusy, problem } = pages
  return (
    <>
      {items.length > 0 && children}
      {items.length === 0 && isReady && (
        <Empty>{isFiltered(filter) ? `No ${things} match the filter.` : empty}</Empty>
      )}
      {readMore && (
        <Button isSmall isBusy={isBusy} label={`Load more ${things}`} onClick={readMore}>
          Load more
        </Button>
      )}
      <ProblemNote problem={problem} />
    </>
  )
}
