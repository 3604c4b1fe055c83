/** The text of each message in each language. Pure. */
import type { Language, Locale } from '../../common/text/locale'
import type { Facts, MessageKind } from '../message'
import { ENGLISH } from './english'
import type { MailText, Wording } from './format'
import { FRENCH } from './french'

const WORDINGS: Readonly<Record<Language, Wording>> = { en: ENGLISH, fr: FRENCH }

export const textOf = (kind: MessageKind, facts: Facts, locale: Locale): MailText =>
  WORDINGS[locale.language].texts[kind](facts, locale)

export const greetingOf = (name: string | null, { language }: Locale): string =>
  WORDINGS[language].greeting(name)
