/**
 * Redacts card data before an event is stored, because the gateway may send more than PCI DSS 4.0.1
 * requirement 3 allows us to store. Of a card's details, only `KEPT_DETAILS` are kept.
 */

const KEPT_DETAILS = new Set(['cardType', 'last4', 'bankName', 'countryCode'])

const plainName = (name: string): string => name.replaceAll(/[^a-z\d]/gi, '').toLowerCase()

const CARD_OBJECT = /card(details?|info(rmation)?|data|object)?s?$/

const NEVER_KEPT = new RegExp(
  [
    'card(token|number|no|num|pin|pan|code|bin|hash|holder|holdername|name)$|^bin$',
    '^pan$|maskedpan$|accountpan$|primaryaccountnumber$|reusabletoken$|tokendata$',
    '(cvv|cvc|cvn|csc|cav|cid)2?(code|number|value)?$|securitycode$|verificationcode$',
    'pin(block|code|data)?$|authori[sz]ationcode$|^authcode$|^otp$',
    '^track[123]?(data)?$|magneticstripe|magstripe|emvdata|cryptogram$|^cavv$',
    '(expiry|expiration|exp|expires)(date|month|year|mm|yy|yyyy)?$|validthru$',
    'cardholder(name)?$|^holdername$|nameoncard$',
  ].join('|'),
)

/** Reports whether the last digit is a valid check digit (ISO/IEC 7812-1, annex B). */
function hasCheckDigit(digits: string): boolean {
  let sum = 0
  for (let index = 0; index < digits.length; index++) {
    const value = Number(digits.at(-1 - index)) * (index % 2 === 0 ? 1 : 2)
    sum += value > 9 ? value - 9 : value
  }
  return sum % 10 === 0
}

/** Excludes 13 digits that begin with 1: they are instants in milliseconds, not card numbers. */
const isCardNumber = (digits: string): boolean =>
  /^\d{13,19}$/.test(digits) && !/^1\d{12}$/.test(digits) && hasCheckDigit(digits)

/** Kept unmasked: our references, Monnify's references, and times. */
const READABLE = new RegExp(
  [
    String.raw`\bAIL-[\da-f]{32}(?:_a\d{1,6})?(?!\w)`,
    String.raw`\bMNFY(?:\|\d{1,20}){2,4}(?![\w|])`,
    String.raw`(?<!\d)20\d\d-[01]\d-[0-3]\d[T ][0-2]\d:[0-5]\d(?::[0-5]\d(?:\.\d{1,9})?)?(?!\d)`,
    String.raw`(?<!\d)[0-3]?\d/[01]?\d/20\d\d,? [0-2]?\d:[0-5]\d(?::[0-5]\d)?(?!\d)`,
    String.raw`(?<!\d)20\d\d[01]\d[0-3]\d[0-2]\d[0-5]\d[0-5]\d(?!\d)`,
  ].join('|'),
  'gi',
)

/** Digits with at most three characters between them that are neither letters nor digits. */
const RUN = /\d(?:[^\p{L}\d]{0,3}\d)*/gu

/** Masks each group of digits that is part of a card number, alone or joined with its neighbours. */
function maskRun(run: string): string {
  const groups = [...run.matchAll(/\d+/g)].map(({ 0: digits, index }) => ({ digits, index }))
  const isMasked = groups.map(() => false)
  for (let first = 0; first < groups.length; first++) {
    let digits = ''
    for (let last = first; last < groups.length && digits.length <= 19; last++) {
      digits += groups[last]?.digits ?? ''
      if (isCardNumber(digits)) isMasked.fill(true, first, last + 1)
    }
  }
  let text = ''
  let end = 0
  let hidden = ''
  for (const [position, { digits, index }] of groups.entries()) {
    if (hidden === '' || !isMasked[position]) {
      text += hidden && `••••${hidden.slice(-4)}`
      text += run.slice(end, index)
      hidden = ''
    }
    if (isMasked[position]) hidden += digits
    else text += digits
    end = index + digits.length
  }
  return text + (hidden && `••••${hidden.slice(-4)}`)
}

const maskPart = (text: string): string =>
  text
    .replaceAll(/[０-９]/g, (digit) => digit.normalize('NFKC'))
    .replaceAll(RUN, (run) => (run.replaceAll(/\D/g, '').length < 13 ? run : maskRun(run)))

function maskNumbers(text: string): string {
  let masked = ''
  let end = 0
  for (const { 0: readable, index } of text.matchAll(READABLE)) {
    masked += maskPart(text.slice(end, index)) + readable
    end = index + readable.length
  }
  return masked + maskPart(text.slice(end))
}

/** Masks a long number that is not a safe integer: it lost digits in JSON, and may be a card number. */
function maskNumber(value: number): number | string {
  const text = String(value)
  if (Math.abs(value) < 1e9 || text.replaceAll(/\D/g, '').length < 13) return value
  if (!Number.isSafeInteger(value)) return '••••'
  const masked = maskNumbers(text)
  return masked === text ? value : masked
}

/** Cleans JSON inside a string like the JSON around it. */
function cleanText(text: string): string {
  if (!/^\s*["[{]/.test(text)) return maskNumbers(text)
  try {
    const inner: unknown = JSON.parse(text)
    const cleaned = JSON.stringify(cleanValue(inner))
    return cleaned === JSON.stringify(inner) ? text : cleaned
  } catch {
    return maskNumbers(text)
  }
}

function cleanEntries(entries: readonly (readonly [string, unknown])[]): object {
  return Object.fromEntries(
    entries.flatMap(([name, value]) => {
      const plain = plainName(name)
      if (NEVER_KEPT.test(plain)) return []
      if (!CARD_OBJECT.test(plain)) return [[maskNumbers(name), cleanValue(value)] as const]
      if (typeof value !== 'object' || value === null) return []
      const kept = Object.entries(value).filter(([detail]) => KEPT_DETAILS.has(detail))
      return [[name, cleanEntries(kept)] as const]
    }),
  )
}

function cleanValue(value: unknown): unknown {
  if (typeof value === 'string') return cleanText(value)
  if (typeof value === 'number') return maskNumber(value)
  if (Array.isArray(value)) return value.map(cleanValue)
  return typeof value === 'object' && value !== null ? cleanEntries(Object.entries(value)) : value
}

/** Returns the text without card tokens, codes and numbers. JSON is serialised again, without blanks. */
export function redactCardData(text: string): string {
  try {
    return JSON.stringify(cleanValue(JSON.parse(text)))
  } catch {
    return maskNumbers(text)
  }
}

/**
 * Removes the customers of a settlement's transactions. The event belongs to no user whose erasure would find it.
 * @param text JSON
 */
export const withoutCustomers = (text: string): string =>
  JSON.stringify(
    JSON.parse(text, (name, value: unknown) => (/^customer/i.test(name) ? undefined : value)),
  )
