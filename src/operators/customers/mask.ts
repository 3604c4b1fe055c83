/** Masks personal data for operators. A masked value helps to compare with what a customer says. Pure. */

const HIDDEN = '•••'

const firstOf = (text: string): string => [...new Intl.Segmenter().segment(text)][0]?.segment ?? ''

/** Keeps the first letter: `A•••`. An empty name stays empty. */
export const maskName = (name: string | null): string =>
  name === null || name.trim() === '' ? '' : `${firstOf(name.trim())}${HIDDEN}`

/** Masks first and last name. A customer without a name is `–`. */
export function maskFullName({
  firstName,
  lastName,
}: {
  readonly firstName: string | null
  readonly lastName: string | null
}): string {
  const masked = [maskName(firstName), maskName(lastName)].filter((part) => part !== '')
  return masked.length === 0 ? '–' : masked.join(' ')
}

/** Keeps the first letters of the mailbox and the domain, and the top-level domain: `a•••@g•••.com`. */
export function maskEmail(email: string): string {
  const at = email.lastIndexOf('@')
  const dot = email.lastIndexOf('.')
  if (at < 1 || dot < at) return HIDDEN
  return `${firstOf(email)}${HIDDEN}@${firstOf(email.slice(at + 1))}${HIDDEN}${email.slice(dot)}`
}

/** Keeps the country code and the last two digits: `+234•••67`. A removed number is `–`. */
export function maskPhone(phone: string): string {
  if (phone === '') return '–'
  return phone.length < 9 ? HIDDEN : `${phone.slice(0, 4)}${HIDDEN}${phone.slice(-2)}`
}
