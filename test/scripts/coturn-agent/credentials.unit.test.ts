import { describe, expect, it } from 'vitest'
import {
  canBeIssued,
  expiresAtMsOf,
  passwordOf,
  usernameOf,
} from '../../../scripts/coturn-agent/credentials'

describe('a credential of coturn', () => {
  it('has the password that coturn computes', () => {
    expect(passwordOf('north', '1795646673:call1')).toBe('4l3tvCBxc1/32EofcUgSU8v420o=')
  })

  it.each([
    ['call1/caller', '1795646673:call1/caller/9f'],
    [undefined, '1795646673:9f'],
  ])('for %s has the username %s', (identifier, username) => {
    expect(usernameOf(1_795_646_673, identifier, '9f')).toBe(username)
  })

  it.each([
    ['1795646673:call1', 1_795_646_673_000],
    ['5:x', 5000],
    ['1795646673', undefined],
    ['1795646673:', undefined],
    ['alice', undefined],
    ['alice:1795646673', undefined],
    ['-5:x', undefined],
    ['1795646673:a b', undefined],
    ['1795646673:a\n', undefined],
    ['9999999999999:x', undefined],
    ['', undefined],
  ])('with the username %j expires at %s', (username, expiresAtMs) => {
    expect(expiresAtMsOf(username)).toBe(expiresAtMs)
  })

  const nowMs = 1_795_646_673_000
  it.each([
    ['1795646673:call1/caller/9f', true],
    ['1795560000:call1', true],
    ['1795819473:call1', true],
    ['1795819474:call1', false],
    ['call1', false],
    ['1795646673:a>b', false],
    ['1795646673:a b', false],
    ['1795646673:', false],
    [`1795646673:${'a'.repeat(141)}`, false],
  ])('%s can have been issued: %s', (username, expected) => {
    expect(canBeIssued(username, nowMs)).toBe(expected)
  })
})
