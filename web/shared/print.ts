/** Formats money, times and words for the console. Pure. */
const naira = new Intl.NumberFormat('en-NG', {
  style: 'currency',
  currency: 'NGN',
  currencyDisplay: 'narrowSymbol',
})
const clock = new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium' })
const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' })

/** Uses a true minus sign, which is as wide as a plus. */
export const printNaira = (amount: number): string => naira.format(amount).replace('-', '−')

/** Always with a sign. */
export const printMovement = (amount: number): string =>
  amount > 0 ? `+${printNaira(amount)}` : printNaira(amount)

export const printKobo = (amountKobo: number): string => printNaira(amountKobo / 100)

export const printTime = (instant: string | number): string => clock.format(new Date(instant))

export const printMoment = (instant: string | number): string =>
  `${day.format(new Date(instant))}, ${printTime(instant)}`

/** `75` becomes `1:15`, and 3,600 `1:00:00`. */
export function printSeconds(seconds: number): string {
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60]
  const [first = 0, ...rest] = parts[0] === 0 ? parts.slice(1) : parts
  return [first, ...rest.map((part) => String(part).padStart(2, '0'))].join(':')
}

/** `credit_exhausted` becomes `credit exhausted`. */
export const printWord = (word: string): string => word.replaceAll('_', ' ')

export const capitalise = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)

export const WALLET_NAMES = { primary: 'Primary wallet', call_credits: 'Call credits' } as const
