import { describe, expect, it } from 'vitest'
import { write } from '../../src/mail/letter'
import { MESSAGE_KINDS, type MessageKind, mutedOf, OPTIONAL_KINDS } from '../../src/mail/message'
import { textOf } from '../../src/mail/texts'
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
}

const LINK = 'https://calls.example/account/reset#token'

describe.each(KINDS)('a message of kind %s', (kind) => {
  const text = textOf(kind, FACTS)

  it('has a subject and sentences, with every fact that it names', async () => {
    const letter = await write(text, 'Ada', text.action ? LINK : undefined)
    expect(text.subject).toMatch(/^\S.*\S$/)
    for (const part of [letter.subject, letter.text, letter.html]) {
      expect(part).not.toMatch(/undefined|NaN|\[object/)
      expect(part.length).toBeGreaterThan(10)
    }
    expect(letter.text.includes(LINK)).toBe(text.action !== undefined)
    expect(letter.html.includes(`href="${LINK}"`)).toBe(text.action !== undefined)
  })

  it('is in the table of docs/accounts.md', () => {
    const row = new RegExp(`^\\| \`${kind}\` +\\|[^|]+\\| (yes|no) +\\|$`, 'm')
    const [, optional] = row.exec(readText('docs/accounts.md')) ?? []
    expect(optional).toBe(OPTIONAL_KINDS.some((each) => each === kind) ? 'yes' : 'no')
  })
})

describe('a letter', () => {
  it('shows markup of facts and names as text', async () => {
    const text = textOf('new_device', { device: '<img src=x onerror=alert(1)>', place: '"&' })
    const letter = await write(text, '<b>Ada</b>')
    expect(letter.html).not.toMatch(/<img|<b>/)
    expect(letter.html).toContain('&lt;img src=x onerror=alert(1)&gt;')
    expect(letter.text).toContain('Hello <b>Ada</b>,')
  })

  it('prints amounts with the sign and two decimal places', () => {
    const { subject } = textOf('payment_partly_paid', FACTS)
    expect(subject).toBe('We received ₦400.50 of ₦1,000.00')
  })
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
