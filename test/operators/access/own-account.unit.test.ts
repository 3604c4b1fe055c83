import { describe, expect, it } from 'vitest'
import { isOwnAccount } from '../../../src/operators/access/own-account'

describe('an account with the address', () => {
  it.each([
    ['ada@example.com', 'ada@example.com', true],
    ['ada@example.com', 'ada+calls@example.com', true],
    ['ada+desk@example.com', 'ada+calls@example.com', true],
    ['ada@example.com', 'ada@example.org', false],
    ['ada@example.com', 'bola+ada@example.com', false],
    ['+a@example.com', '+b@example.com', false],
  ])('%s of the operator %s is their own: %s', (customer, operator, expected) => {
    expect(isOwnAccount({ emailKey: operator }, { emailKey: customer })).toBe(expected)
  })
})
