/** Types of the texts, and the format of amounts. Pure. */
import type { Language, Locale } from '../../common/text/locale'
import type { Facts, MessageKind } from '../message'

export interface MailText {
  readonly subject: string
  readonly paragraphs: readonly string[]
  /** Label of the link, which follows the first paragraph. */
  readonly action?: string
}

export type Write = (facts: Facts, locale: Locale) => MailText

/** All texts in one language. */
export interface Wording {
  readonly greeting: (name: string | null) => string
  readonly texts: Readonly<Record<MessageKind, Write>>
}

const NAIRA: Readonly<Record<Language, Intl.NumberFormat>> = {
  en: new Intl.NumberFormat('en-NG', { minimumFractionDigits: 2 }),
  fr: new Intl.NumberFormat('fr', { minimumFractionDigits: 2 }),
}

/** @returns a function that writes whole kobo, given as text, in naira */
export const nairaIn =
  (language: Language) =>
  (kobo = '0'): string =>
    `₦${NAIRA[language].format(Number(kobo) / 100)}`
