/** Language and time zone of a user. Pure. */
import { plainText } from './characters.ts'
import { type Parsed, parsed, unparsed } from './parsed.ts'

export const LANGUAGES = ['en', 'fr'] as const
export type Language = (typeof LANGUAGES)[number]

export interface Locale {
  readonly language: Language
  /** IANA name. */
  readonly timeZone: string
}

export const DEFAULT_LOCALE: Locale = { language: 'en', timeZone: 'UTC' }

const IANA_NAME = /^[A-Za-z][\w+-]*(?:\/[\w+-]+)*$/

export const MAX_TIME_ZONE_LENGTH = 64

/** Parses an IANA time zone in any letter case. @returns the name as the runtime spells it */
export function parseTimeZone(text: string): Parsed<string> {
  const plain = plainText(text)
  const unknown = unparsed('must be an IANA time zone, such as Africa/Lagos')
  if (plain.length > MAX_TIME_ZONE_LENGTH || !IANA_NAME.test(plain)) return unknown
  try {
    return parsed(new Intl.DateTimeFormat('en', { timeZone: plain }).resolvedOptions().timeZone)
  } catch {
    return unknown
  }
}

/** Locale of an account. A value that this release does not know counts as not set. */
export function localeOf(account: {
  readonly language: string | null
  readonly timeZone: string | null
}): Locale {
  const language = LANGUAGES.find((known) => known === account.language)
  const zone = account.timeZone === null ? undefined : parseTimeZone(account.timeZone)
  return {
    language: language ?? DEFAULT_LOCALE.language,
    timeZone: zone?.ok ? zone.value : DEFAULT_LOCALE.timeZone,
  }
}

const PARTS = {
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  fractionalSecondDigits: 3,
  hourCycle: 'h23',
  timeZoneName: 'longOffset',
} as const

/** Returns a function that writes times as RFC 3339 with the offset of a time zone, or `Z` for UTC. */
export function timesIn(timeZone: string): (ms: number) => string {
  if (timeZone === 'UTC') return (ms) => new Date(ms).toISOString()
  const format = new Intl.DateTimeFormat('en-US', { ...PARTS, timeZone })
  return (ms) => {
    const part = Object.fromEntries(
      format.formatToParts(ms).map(({ type, value }) => [type, value]),
    )
    const {
      year = '',
      month,
      day,
      hour,
      minute,
      second,
      fractionalSecond,
      timeZoneName = '',
    } = part
    const date = `${year.padStart(4, '0')}-${month}-${day}`
    const offset = timeZoneName.replace('GMT', '') || '+00:00'
    return `${date}T${hour}:${minute}:${second}.${fractionalSecond}${offset}`
  }
}

/** Writes a date for a person, such as "14 March 2026". */
export const writeDate = (ms: number, { language, timeZone }: Locale): string =>
  new Intl.DateTimeFormat(language === 'en' ? 'en-GB' : language, {
    dateStyle: 'long',
    timeZone,
  }).format(ms)
