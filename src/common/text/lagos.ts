/** Calendar in Africa/Lagos, which is an hour ahead of UTC and has no daylight saving time. Pure. */
const LAGOS_OFFSET_MS = 3_600_000
const DAY_MS = 24 * 3_600_000

const shifted = (atMs: number): Date => new Date(atMs + LAGOS_OFFSET_MS)

/** Calendar year in Africa/Lagos. */
export const lagosYear = (atMs: number): number => shifted(atMs).getUTCFullYear()

/** Day of the week in Africa/Lagos: 0 is Sunday. */
export const lagosWeekday = (atMs: number): number => shifted(atMs).getUTCDay()

/** Calendar day in Africa/Lagos, such as `2026-03-14`. */
export const lagosDay = (atMs: number): string => shifted(atMs).toISOString().slice(0, 10)

/** The day before the one in which an instant falls, in Africa/Lagos. */
export const lagosYesterday = (atMs: number): string => addDays(lagosDay(atMs), -1)

/** Instant at which a day begins in Africa/Lagos. @param day such as `2026-03-14` */
export const lagosDayStart = (day: string): number =>
  Date.parse(`${day}T00:00:00.000Z`) - LAGOS_OFFSET_MS

/** The day that is `days` after another one; before it, if `days` is negative. */
export const addDays = (day: string, days: number): string =>
  new Date(Date.parse(`${day}T00:00:00.000Z`) + days * DAY_MS).toISOString().slice(0, 10)

/** Reads a time without a zone, as parts of the calendar in Africa/Lagos. */
export const fromLagos = (utcMs: number): number => utcMs - LAGOS_OFFSET_MS
