import { describe, expect, it } from 'vitest'
import { parsePhone } from '../../src/calls/phone'

describe('a phone number', () => {
  it.each([
    ['+2348031234567', '+2348031234567'],
    ['08031234567', '+2348031234567'],
    ['0803 123 4567', '+2348031234567'],
    ['(0803) 123-4567', '+2348031234567'],
    ['2348031234567', '+2348031234567'],
    ['+44 20 7946 0958', '+442079460958'],
  ])('%s is read as %s where Nigeria is at home', (text, phone) => {
    expect(parsePhone(text, 'NG')).toBe(phone)
  })

  it('that is local belongs to the country at home', () => {
    expect(parsePhone('020 7946 0958', 'GB')).toBe('+442079460958')
    expect(parsePhone('08031234567', 'GB')).toBeUndefined()
  })

  it.each([
    ['', 'nothing'],
    ['112', 'an emergency number'],
    ['+112', 'an emergency number'],
    ['080312345', 'too short'],
    ['+2348031234567890', 'longer than E.164'],
    ['442079460958', "another country's without plus"],
    ['+9991234567', 'of no country'],
    ['call +2348031234567', 'words'],
    ['+234803123456A', 'letters'],
    ['+2348031234567;ext=1', 'an extension'],
    ['+2348031234567\n', 'a line break'],
    ['++2348031234567', 'two signs'],
  ])('%s is none: %s', (text) => {
    expect(parsePhone(text, 'NG')).toBeUndefined()
  })
})
