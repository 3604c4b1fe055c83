import { describe, expect, it } from 'vitest'
import { violationsOf } from '../support/socket-messages'

const failed = { type: 'answer_failed', code: 'insufficient_funds', retry_at: null }

describe('a message of a room', () => {
  it('agrees with the description', () => {
    expect(violationsOf(failed)).toEqual([])
  })

  it.each([
    ['a wrong type of a field', { ...failed, code: 5 }],
    ['an additional field', { ...failed, extra: 1 }],
    ['a missing field', { type: 'answer_failed', code: 'busy' }],
    ['an unknown code', { type: 'error', code: 'brand_new' }],
    ['an incomplete state', { type: 'state', phase: 'live' }],
  ])('with %s does not', (_, message) => {
    expect(violationsOf(message)).not.toEqual([])
  })

  it('of an unknown type is an error', () => {
    expect(() => violationsOf({ type: 'unknown' })).toThrow('no message unknown')
  })
})
