/** Filters of a list, the query that they become, and the name of a statement. Pure. */
import type { WalletType } from './model'

/** Values of the filter's fields. An empty text does not filter. */
export interface Filter {
  /** A status or a kind. */
  readonly value: string
  /** First day, `2026-03-14`, in the time zone of the browser. */
  readonly from: string
  /** Last day, inclusive. */
  readonly to: string
}

export const NO_FILTER: Filter = { value: '', from: '', to: '' }

export const isFiltered = ({ value, from, to }: Filter): boolean => `${value}${from}${to}` !== ''

/** Start of a local day, `later` days after it, in UTC. Undefined for an incomplete date. */
function startOf(day: string, later = 0): string | undefined {
  const [year, month, date] = day.split('-').map(Number)
  if (year === undefined || month === undefined || date === undefined) return undefined
  const start = new Date(year, month - 1, date + later)
  return Number.isNaN(start.getTime()) ? undefined : start.toISOString()
}

/** The API's `to` is exclusive, so it is the start of the day after the last one. */
export function periodOf({ from, to }: Pick<Filter, 'from' | 'to'>): {
  from?: string
  to?: string
} {
  const [start, end] = [startOf(from), startOf(to, 1)]
  return { ...(start && { from: start }), ...(end && { to: end }) }
}

/** Part of a file's name: `2026-03-01-to-2026-03-14`. */
export function periodName({ from, to }: Pick<Filter, 'from' | 'to'>): string {
  if (from && to) return `${from}-to-${to}`
  if (from) return `from-${from}`
  return to ? `until-${to}` : 'all'
}

/** `aileana-call-credits-2026-03-01-to-2026-03-14.csv` */
export const statementName = (wallet: WalletType, filter: Filter): string =>
  ['aileana', wallet, ...(filter.value ? [filter.value] : []), periodName(filter)]
    .join('-')
    .replaceAll('_', '-') + '.csv'
