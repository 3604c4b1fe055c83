/** Characters that people paste without noticing, and names for those that an input rejects. Pure. */

/** Direction marks, embeddings, isolates, soft hyphens and zero-width characters but the joiners. */
const DECEPTIVE =
  /[\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g

/**
 * U+2064, an invisible plus: a bare `+` at the start of a query's value, which may be a plus or a blank.
 * Every parser drops it as invisible, unless a plus would mean something to it.
 */
export const PLUS_OR_BLANK = '\u2064'

/** Joiners form letters and emoji in text; in a number or an address they show nothing. */
const JOINERS = /[\u200c\u200d]/g

const BLANKS = /\p{Zs}/gu
const DASHES = /[\u2010-\u2015\u2043\u2212\ufe58\ufe63]/g

/** The printable ASCII characters as East Asian keyboards write them. */
const FULL_WIDTH = /[\uff01-\uff5e]/g
const FULL_WIDTH_OFFSET = 0xff01 - 0x21

/** Text for people without the characters that show nothing or turn the direction of writing. */
export const withoutDeceptive = (text: string): string => text.replaceAll(DECEPTIVE, '')

/**
 * Text for a parser in the characters of a keyboard: every blank is U+0020 and every dash U+002D,
 * full-width characters are ASCII, invisible characters and outer blanks are removed.
 */
export const plainText = (text: string): string =>
  withoutDeceptive(text)
    .replaceAll(JOINERS, '')
    .replaceAll(BLANKS, ' ')
    .replaceAll(DASHES, '-')
    .replaceAll(FULL_WIDTH, (char) => String.fromCharCode(char.charCodeAt(0) - FULL_WIDTH_OFFSET))
    .replaceAll(/^ +| +$/g, '')

/** Whether a reader sees any of it. U+2800 is a blank in braille. */
export const isVisible = (text: string): boolean =>
  /[^\p{Default_Ignorable_Code_Point}\p{White_Space}\p{Cc}\p{Cf}\u2800]/u.test(text)

const KINDS: readonly (readonly [pattern: RegExp, kind: string])[] = [
  [/[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/, 'a direction mark'],
  [/[\u2028\u2029\n\r]/, 'a line break'],
  [/\p{Cc}/u, 'a control character'],
  [/\p{Cs}/u, 'half a character'],
  [/\p{Zs}/u, 'a blank'],
  [/\p{Default_Ignorable_Code_Point}/u, 'an invisible character'],
  [/\p{L}/u, 'a letter'],
  [/\p{N}/u, 'a digit of another script'],
]

/** A character for an error message: itself if it is visible, its code point, and its kind. */
export function nameCharacter(char: string): string {
  const code = (char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')
  const kind = KINDS.find(([pattern]) => pattern.test(char))?.[1]
  const shown = isVisible(char) && char.isWellFormed() ? `“${char}” ` : ''
  return `${shown}(U+${code}${kind ? `, ${kind}` : ''})`
}

/** The first character that does not match, or `undefined`. */
export const firstOutside = (text: string, allowed: RegExp): string | undefined =>
  Array.from(text).find((char) => !allowed.test(char))
