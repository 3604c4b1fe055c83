/** Normalises pasted characters, and names those that an input rejects. Pure. */

/** Direction marks, embeddings, isolates, soft hyphens, and zero-width characters except joiners. */
const DECEPTIVE =
  /[\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g

/**
 * U+2064, an invisible plus. It stands for an unencoded `+` at the start of a query value, which may be a
 * plus or a space. Parsers remove it as invisible, unless a plus has a meaning for them.
 */
export const PLUS_OR_BLANK = '\u2064'

/** Joiners form letters and emoji in text. In a number or an e-mail address they are invisible. */
const JOINERS = /[\u200c\u200d]/g

const BLANKS = /\p{Zs}/gu
const DASHES = /[\u2010-\u2015\u2043\u2212\ufe58\ufe63]/g

/** Full-width forms of printable ASCII characters, from East Asian keyboards. */
const FULL_WIDTH = /[\uff01-\uff5e]/g
const FULL_WIDTH_OFFSET = 0xff01 - 0x21

/** Removes characters that are invisible or change the direction of the text. */
export const withoutDeceptive = (text: string): string => text.replaceAll(DECEPTIVE, '')

/**
 * Normalises text for a parser: every space becomes U+0020, every dash U+002D, and full-width characters
 * ASCII. Removes invisible characters, and spaces at both ends.
 */
export const plainText = (text: string): string =>
  withoutDeceptive(text)
    .replaceAll(JOINERS, '')
    .replaceAll(BLANKS, ' ')
    .replaceAll(DASHES, '-')
    .replaceAll(FULL_WIDTH, (char) => String.fromCharCode(char.charCodeAt(0) - FULL_WIDTH_OFFSET))
    .replaceAll(/^ +| +$/g, '')

/** Reports whether any character is visible. U+2800 is the blank of braille. */
export const isVisible = (text: string): boolean =>
  /[^\p{Default_Ignorable_Code_Point}\p{White_Space}\p{Cc}\p{Cf}\u2800]/u.test(text)

const KINDS: readonly (readonly [pattern: RegExp, kind: string])[] = [
  [/[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/, 'a direction mark'],
  [/[\u2028\u2029\n\r]/, 'a line break'],
  [/\p{Cc}/u, 'a control character'],
  [/\p{Cs}/u, 'an incomplete character'],
  [/\p{Zs}/u, 'a space'],
  [/\p{Default_Ignorable_Code_Point}/u, 'an invisible character'],
  [/\p{L}/u, 'a letter'],
  [/\p{N}/u, 'a digit of another script'],
]

/** Names a character in an error message: the character if visible, its code point, and its kind. */
export function nameCharacter(char: string): string {
  const code = (char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')
  const kind = KINDS.find(([pattern]) => pattern.test(char))?.[1]
  const shown = isVisible(char) && char.isWellFormed() ? `“${char}” ` : ''
  return `${shown}(U+${code}${kind ? `, ${kind}` : ''})`
}

export const firstOutside = (text: string, allowed: RegExp): string | undefined =>
  Array.from(text).find((char) => !allowed.test(char))
