/** Formats money, dates, durations and words for people. Pure. */
const money = { style: 'currency', currency: 'NGN', currencyDisplay: 'narrowSymbol' } as const
const naira = new Intl.NumberFormat('en-NG', money)
const exact = new Intl.NumberFormat('en-NG', { ...money, maximumFractionDigits: 4 })
const clock = new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium' })
const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' })
const date = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long' })

/** Uses a true minus sign, which is as wide as a plus. */
export const printNaira = (amount: number): string => naira.format(amount).replace('-', '−')

/** Always with a sign. */
export const printMovement = (amount: number): string =>
  amount > 0 ? `+${printNaira(amount)}` : printNaira(amount)

export const printKobo = (amountKobo: number): string => printNaira(amountKobo / 100)

/** Amount before rounding: with up to four decimal places. */
export const printExactKobo = (amountKobo: number): string => exact.format(amountKobo / 100)

const NGN = /(?<![\d.,])(\d+(?:\.\d{1,2})?) NGN\b/g

/** Amounts in a sentence of the API, such as `10.00 NGN`, in the format of the page. */
export const printAmounts = (sentence: string): string =>
  sentence.replaceAll(NGN, (_, amount: string) => printNaira(Number(amount)))

export const printTime = (instant: string | number): string => clock.format(new Date(instant))

export const printMoment = (instant: string | number): string =>
  `${day.format(new Date(instant))}, ${printTime(instant)}`

/** With the year, for documents that are kept. */
export const printDate = (instant: string | number): string =>
  `${date.format(new Date(instant))}, ${printTime(instant)}`

/** `75` becomes `1:15`, and 3,600 `1:00:00`. */
export function printSeconds(seconds: number): string {
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60]
  const [first = 0, ...rest] = parts[0] === 0 ? parts.slice(1) : parts
  return [first, ...rest.map((part) => String(part).padStart(2, '0'))].join(':')
}

/** `75` becomes `1 min 15 s`, and 3,600 `1 h`. */
export function printDuration(seconds: number): string {
  const parts = [
    [Math.floor(seconds / 3600), 'h'],
    [Math.floor(seconds / 60) % 60, 'min'],
    [seconds % 60, 's'],
  ] as const
  const shown = parts.filter(([figure]) => figure > 0)
  return shown.length === 0 ? '0 s' : shown.map(([figure, unit]) => `${figure} ${unit}`).join(' ')
}

/** `credit_exhausted` becomes `credit exhausted`. */
export const printWord = (word: string): string => word.replaceAll('_', ' ')

export const capitalise = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)

export const WALLET_NAMES = { primary: 'Primary wallet', call_credits: 'Call credits' } as const
