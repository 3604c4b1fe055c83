import { expect, it } from 'vitest'
import { iceServerOf, isRevocable, type SeatCredential } from '../../../src/rooms/relay/credential'

const credential = {
  username: 'u1',
  credential: 'p1',
  urls: ['turn:turn.example.com'],
  expiresAtMs: 10_000,
}

it('a credential is sent to a browser without the fields that only a room needs', () => {
  const stored: SeatCredential = { ...credential, seat: 'caller', epoch: 2 }
  expect(iceServerOf(stored)).toEqual({
    urls: ['turn:turn.example.com'],
    username: 'u1',
    credential: 'p1',
  })
})

it.each([
  [9999, true],
  [10_000, true],
  [10_001, false],
])('a credential that expires at 10,000 ms is revocable at %i ms: %s', (nowMs, expected) => {
  expect(isRevocable(credential, nowMs)).toBe(expected)
})
