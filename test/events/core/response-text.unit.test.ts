import { expect, it } from 'vitest'
import { MAX_RESPONSE_BYTES, responseText } from '../../../src/events/core/response-text'

const bytes = (text: string) => new TextEncoder().encode(text)

it.each([
  ['plain text', 'plain text'],
  ['', ''],
  ['two\r\nlines', 'two lines'],
  ['\u001b[31mred\u001b[0m', '[31mred [0m'],
  ['a\u0000b\u007fc\u009bd', 'a b c d'],
  ['right \u202e to left', 'right   to left'],
  ['a\u2028b\u2029c', 'a b c'],
  ['naïve ₦500', 'naïve ₦500'],
])('Text %j of a response becomes %j', (text, shown) => {
  expect(responseText(bytes(text))).toBe(shown)
})

it('A response is cut after 1,024 bytes, without half a character', () => {
  const text = responseText(bytes('₦'.repeat(1000)))
  expect(text).toBe('₦'.repeat(Math.floor(MAX_RESPONSE_BYTES / 3)))
})

it('A response that is not UTF-8 is shown with replacement characters', () => {
  expect(responseText(new Uint8Array([0x61, 0xff, 0x62]))).toBe('a\ufffdb')
})
