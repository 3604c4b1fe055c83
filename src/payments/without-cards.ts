/**
 * What is kept of an event's text. A gateway may send more of a card than we may hold (PCI DSS 4.0.1,
 * requirement 3): of its details only what tells cards apart stays, and no whole number. Pure.
 */

const KEPT_DETAILS = new Set(['cardType', 'last4', 'bankName', 'countryCode'])

/** Whether digits have a card number's check digit (ISO/IEC 7812-1, annex B). */
function isCardNumber(digits: string): boolean {
  let sum = 0
  for (let index = 0; index < digits.length; index++) {
    const value = Number(digits.at(-1 - index)) * (index % 2 === 0 ? 1 : 2)
    sum += value > 9 ? value - 9 : value
  }
  return sum % 10 === 0
}

/** Digits that stand alone; those of a reference are joined to other characters. */
const maskNumbers = (text: string): string =>
  text.replaceAll(/(?<![\w|.-])\d(?:[ -]?\d){12,18}(?![\w|.-])/g, (found) => {
    const digits = found.replaceAll(/\D/g, '')
    return isCardNumber(digits) ? `••••${digits.slice(-4)}` : found
  })

function keptOf(details: unknown): unknown {
  if (typeof details !== 'object' || details === null) return undefined
  return Object.fromEntries(Object.entries(details).filter(([name]) => KEPT_DETAILS.has(name)))
}

/** The text without card tokens and card numbers; JSON in another spelling, with the same facts. */
export function withoutCards(text: string): string {
  try {
    const kept: unknown = JSON.parse(text, (name, value: unknown) =>
      name === 'cardDetails' ? keptOf(value) : value,
    )
    return maskNumbers(JSON.stringify(kept))
  } catch {
    return maskNumbers(text)
  }
}
