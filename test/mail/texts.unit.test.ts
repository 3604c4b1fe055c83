import { describe, expect, it } from 'vitest'
import { write } from '../../src/mail/letter'
import { MESSAGE_KINDS, type MessageKind, mutedOf, OPTIONAL_KINDS } from '../../src/mail/message'
import { DEFAULT_LOCALE, LANGUAGES, type Locale } from '../../src/common/text/locale'
import { greetingOf, textOf } from '../../src/mail/texts/texts'
import { readText } from '../support/markdown'

const KINDS = Object.keys(MESSAGE_KINDS) as MessageKind[]

/** Every fact that any text names. */
const FACTS = {
  to: 'new@example.com',
  name: 'Phone',
  device: 'Phone',
  place: 'Lagos, NG',
  amount: '100000',
  paid: '40050',
  left: '4000',
  wallet: 'call_credits',
  reference: 'AIL-1',
  reason: 'declined',
  host: 'hooks.example.com',
  endpoint: 'e1',
  eraseAtMs: String(Date.UTC(2026, 2, 14, 23, 30)),
}

const lagos = (language: Locale['language']): Locale => ({ language, timeZone: 'Africa/Lagos' })

const LINK = 'https://calls.example/account/reset#token'

describe.each(KINDS)('a message of kind %s', (kind) => {
  it.each(LANGUAGES)('has a subject and sentences, with every fact (%s)', async (language) => {
    const text = textOf(kind, FACTS, lagos(language))
    const greeting = greetingOf('Ada', lagos(language))
    const letter = await write(text, greeting, language, text.action ? LINK : undefined)
    expect(text.subject).toMatch(/^\S.*\S$/)
    for (const part of [letter.subject, letter.text, letter.html]) {
      expect(part).not.toMatch(/undefined|NaN|\[object/)
      expect(part.length).toBeGreaterThan(10)
    }
    expect(letter.text.includes(LINK)).toBe(text.action !== undefined)
    expect(letter.html.includes(`href="${LINK}"`)).toBe(text.action !== undefined)
    expect(letter.html).toContain(`<html lang="${language}">`)
    expect(letter.text).toContain('Ada')
  })

  it('is in the table of docs/accounts.md', () => {
    const row = new RegExp(`^\\| \`${kind}\` +\\|[^|]+\\| (yes|no) +\\|$`, 'm')
    const [, optional] = row.exec(readText('docs/accounts.md')) ?? []
    expect(optional).toBe(OPTIONAL_KINDS.some((each) => each === kind) ? 'yes' : 'no')
  })
})

describe('a letter', () => {
  it('shows markup of facts and names as text', async () => {
    const facts = { device: '<img src=x onerror=alert(1)>', place: '"&' }
    const text = textOf('new_device', facts, DEFAULT_LOCALE)
    const letter = await write(text, greetingOf('<b>Ada</b>', DEFAULT_LOCALE), 'en')
    expect(letter.html).not.toMatch(/<img|<b>/)
    expect(letter.html).toContain('&lt;img src=x onerror=alert(1)&gt;')
    expect(letter.text).toContain('Hello <b>Ada</b>,')
  })

  it('prints amounts with the sign and two decimal places', () => {
    const subjects = LANGUAGES.map(
      (language) => textOf('payment_partly_paid', FACTS, lagos(language)).subject,
    )
    expect(subjects).toEqual([
      'We received ₦400.50 of ₦1,000.00',
      'Nous avons reçu ₦400,50 sur ₦1\u202f000,00',
    ])
  })
})

it('prints the date of a deletion in the time zone of the user', () => {
  const [english, french] = LANGUAGES.map(
    (language) => textOf('deletion_requested', FACTS, lagos(language)).paragraphs[0],
  )
  expect(english).toContain('deleted on 15 March 2026.')
  expect(french).toContain('supprimés le 15 mars 2026.')
})

describe('muted messages', () => {
  it.each([
    [null, []],
    ['[]', []],
    ['["low_credit"]', ['low_credit']],
    ['["password_changed","of_a_later_release","low_credit"]', ['low_credit']],
  ])('stored as %j are %j', (mutedMessages, muted) => {
    expect(mutedOf({ mutedMessages })).toEqual(muted)
  })
})
