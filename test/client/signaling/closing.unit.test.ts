import { describe, expect, it } from 'vitest'
import {
  type Rejection,
  rejectionOfClose,
  rejectionOfProblem,
  waitMs,
} from '../../../client/signaling/closing'

const PROBLEMS: readonly (readonly [string | undefined, Rejection | undefined])[] = [
  ['validation_failed', 'invalid_link'],
  ['invalid_ticket', 'invalid_link'],
  ['not_found', 'invalid_link'],
  ['origin_refused', 'invalid_link'],
  ['call_ended', 'call_ended'],
  ['call_without_media', 'without_media'],
  ['unauthenticated', 'signed_out'],
  ['wallet_frozen', 'signed_out'],
  ['relay_not_configured', 'unavailable'],
  ['upgrade_required', undefined],
  ['too_many_watchers', undefined],
  ['rate_limited', undefined],
  ['internal_error', undefined],
  ['toString', undefined],
  [undefined, undefined],
]

describe('a problem', () => {
  it.each(PROBLEMS)('with the code %s yields the rejection %s', (code, rejection) => {
    expect(rejectionOfProblem(code)).toBe(rejection)
  })
})

const CLOSES: readonly (readonly [number, string, Rejection | undefined])[] = [
  [4001, 'replaced', 'replaced'],
  [1009, 'A message must have at most 32768 bytes.', 'rejected_message'],
  [1008, 'the session has ended', 'signed_out'],
  [1008, 'the call was answered without media', 'without_media'],
  [1008, 'too many messages', 'rejected_message'],
  [1008, 'toString', 'rejected_message'],
  [1000, 'the call has ended', undefined],
  [1001, '', undefined],
  [1006, '', undefined],
  [1011, '', undefined],
  [1012, '', undefined],
]

describe('a close', () => {
  it.each(CLOSES)('with the code %d and the reason "%s" yields %s', (code, reason, rejection) => {
    expect(rejectionOfClose(code, reason)).toBe(rejection)
  })
})

describe('the wait before an attempt', () => {
  it.each([
    [0, 375, 500, 625],
    [1, 750, 1000, 1250],
    [2, 1500, 2000, 2500],
    [3, 3000, 4000, 5000],
    [4, 6000, 8000, 10_000],
    [5, 6000, 8000, 10_000],
    [1399, 6000, 8000, 10_000],
  ])('after %d failures is %d to %3$d ms', (failures, least, middle, most) => {
    const waits = [0, 0.5, 1].map((random) => waitMs(failures, random))
    expect(waits).toEqual([least, middle, most])
  })
})
