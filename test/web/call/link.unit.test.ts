import { describe, expect, it } from 'vitest'
import { parseLink } from '../../../web/call/link'

const CALL = '3f0b8c1e-6f64-5e0a-9b1c-2f4f8f3f7a55'
const TOKEN = 'q7Vd2mXw9LrT4bYz8NcJ5hKs1PfG6uAe3RtWxQ0o'

describe('the link of a call', () => {
  it.each([
    [`#${CALL}/${TOKEN}`, null],
    [`#${CALL.toUpperCase()}/${TOKEN}`, null],
    [`#${CALL}/${TOKEN}&access_token=aa.bb.cc`, 'aa.bb.cc'],
    [`#${CALL}/${TOKEN}&lang=en&access_token=aa.bb.cc`, 'aa.bb.cc'],
    [`#${CALL}/${TOKEN}&access_token=not%20a%20token`, null],
  ])('%s is valid', (fragment, accessToken) => {
    expect(parseLink(fragment)).toEqual({ callUuid: CALL, token: TOKEN, accessToken })
  })

  it('may have a signed token of three parts', () => {
    const token = `${TOKEN}.${TOKEN}.${TOKEN}`
    expect(parseLink(`#${CALL}/${token}`)?.token).toBe(token)
  })

  it.each([
    '',
    '#',
    `#${CALL}`,
    `#${CALL}/`,
    `#${CALL}/short`,
    `#${TOKEN}/${CALL}`,
    `#${CALL}/${TOKEN}/more`,
    `#${CALL}/${TOKEN}?x=1`,
    `#../${TOKEN}`,
    `#${CALL}/${'x'.repeat(3000)}`,
  ])('%s is invalid', (fragment) => expect(parseLink(fragment)).toBeNull())
})
