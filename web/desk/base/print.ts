/** Formats of the back office. Times are local; the UTC is in the title. Pure. */
import { capitalise, printWord } from '../../shared/print'

const moment = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short' })
const exact = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'medium' })
const percent = new Intl.NumberFormat('en-GB', { style: 'percent', maximumFractionDigits: 1 })
const whole = new Intl.NumberFormat('en-GB')

export const printMinute = (instant: string): string => moment.format(new Date(instant))
export const printSecond = (instant: string): string => exact.format(new Date(instant))

/** `2026-11-28T09:05:00Z` becomes `2026-11-28 09:05:00 UTC`. */
export const printUtc = (instant: string): string =>
  `${new Date(instant).toISOString().slice(0, 19).replace('T', ' ')} UTC`

export const printCount = (count: number): string => whole.format(count)

/** Share from 0 to 1, rounded down, so that 99.99 % is never shown as 100 %. */
export const printShare = (share: number): string => percent.format(Math.floor(share * 1000) / 1000)

const UNITS = [
  [86_400, 'd'],
  [3600, 'h'],
  [60, 'min'],
] as const

/** `93_784` becomes `1 d 2 h`: the two largest units. */
export function printAge(seconds: number): string {
  const first = UNITS.findIndex(([size]) => seconds >= size)
  if (first === -1) return 'under 1 min'
  let left = Math.floor(seconds)
  const parts = UNITS.slice(first, first + 2).map(([size, unit]) => {
    const count = Math.floor(left / size)
    left -= count * size
    return count > 0 ? `${count} ${unit}` : ''
  })
  return parts.filter(Boolean).join(' ')
}

export const ageOf = (instant: string, nowMs: number): number =>
  Math.max(0, (nowMs - Date.parse(instant)) / 1000)

/** `money_moved` becomes `Money moved`. */
export const printName = (word: string): string => capitalise(printWord(word))

/** First characters of a UUID or hash, for lists; the whole value is in the title. */
export const printShort = (id: string): string => (id.length > 14 ? `${id.slice(0, 8)}…` : id)

/** Day in the form of a date field, in local time. */
export function printDay(instantMs: number): string {
  const date = new Date(instantMs)
  const two = (figure: number) => String(figure).padStart(2, '0')
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
}

/** Parses an amount as people type it, `1,500.50`. @returns undefined if it is not an amount above 0 */
export function parseAmount(text: string): number | undefined {
  const plain = text.replaceAll(/[₦,\s]/g, '')
  if (!/^\d+(\.\d{1,2})?$/.test(plain)) return undefined
  return Number(plain) > 0 ? Number(plain) : undefined
}

/** Masked name of a customer. The service returns `–` if there is none. */
export const printCustomer = (name: string): string =>
  name === '–' ? 'Customer without a name' : name

/** Reports whether a fact is an instant, as the service writes it. */
export const isInstant = (value: string): boolean => /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(value)
