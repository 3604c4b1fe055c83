/**
 * What is kept of an event's text. A gateway may send more of a card than we may hold (PCI DSS 4.0.1,
 * requirement 3): of its details only what tells cards apart stays, and no whole number. Pure.
 */

const KEPT_DETAILS = new Set(['cardType', 'last4', 'bankName', 'countryCode'])

const NEVER_KEPT = /^(card_?(token|number)|pan|masked_?pan|cvv2?|cvc2?|pin|track_?[12]?)$/i

/** Whether digits have a card number's check digit (ISO/IEC 7812-1, annex B). */
function isCardNumber(digits: string): boolean {
  let sum = 0
  for (let index = 0; index < digits.length; index++) {
    const value = Number(digits.at(-1 - index)) * (index % 2 === 0 ? 1 : 2)
    sum += value > 9 ? value - 9 : value
  }
  return sum % 10 === 0
}

/** Runs of 13 to 19 digits, however they are set apart; those of a reference stand between bars. */
const maskNumbers = (text: string): string =>
  text.replaceAll(/(?<![\d|])\d(?:[ ._-]{0,2}\d){12,18}(?![\d|])/g, (found) => {
    const digits = found.replaceAll(/\D/g, '')
    return isCardNumber(digits) ? `••••${digits.slice(-4)}` : found
  })

function keptOf(details: unknown): unknown {
  if (typeof details !== 'object' || details === null) return undefined
  return Object.fromEntries(Object.entries(details).filter(([name]) => KEPT_DETAILS.has(name)))
}

function keptValue(name: string, value: unknown): unknown {
  if (/^card_?details$/i.test(name)) return keptOf(value)
  if (NEVER_KEPT.test(name)) return undefined
  if (typeof value === 'string' && !/reference|session/i.test(name)) return maskNumbers(value)
  const isLong = typeof value === 'number' && String(value).length >= 13
  return isLong && isCardNumber(String(value)) ? maskNumbers(String(value)) : value
}

/** The text without card tokens, codes and numbers; JSON in another spelling, with the same facts. */
export function withoutCards(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text, keptValue))
  } catch {
    return maskNumbers(text)
  }
}
