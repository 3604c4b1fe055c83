import { describe, expect, it } from 'vitest'
import {
  countCandidate,
  countMessage,
  type SeatUse,
  UNUSED_SEAT,
} from '../../../src/rooms/core/message-limits'

/** Counts messages, one at each instant. @returns the use, and how many were allowed */
function send(use: SeatUse, instantsMs: readonly number[]) {
  let allowed = 0
  for (const nowMs of instantsMs) {
    const counted = countMessage(use, nowMs)
    use = counted.use
    if (counted.isAllowed) allowed++
  }
  return { use, allowed }
}

function sendCandidates(use: SeatUse, epoch: number, count: number) {
  let allowed = 0
  for (let sent = 0; sent < count; sent++) {
    const counted = countCandidate(use, epoch)
    use = counted.use
    if (counted.isAllowed) allowed++
  }
  return { use, allowed }
}

const at = (ms: number, count: number): number[] => Array.from({ length: count }, () => ms)

describe('a seat', () => {
  it('may send 240 messages at once, and more after a minute', () => {
    const first = send(UNUSED_SEAT, at(0, 300))
    expect(first.allowed).toBe(240)
    expect(send(first.use, at(59_999, 10)).allowed).toBe(0)
    expect(send(first.use, at(60_000, 300)).allowed).toBe(240)
  })

  it('may send 100 candidates in each epoch', () => {
    const first = sendCandidates(UNUSED_SEAT, 1, 101)
    expect(first.allowed).toBe(100)
    expect(sendCandidates(first.use, 1, 1).allowed).toBe(0)
    expect(sendCandidates(first.use, 2, 101).allowed).toBe(100)
  })

  it('has separate counts of messages and candidates', () => {
    const { use } = sendCandidates(send(UNUSED_SEAT, at(0, 240)).use, 1, 100)
    expect(use.sentAtMs).toHaveLength(240)
    expect(countMessage(use, 60_000)).toMatchObject({ isAllowed: true, use: { candidates: 100 } })
  })
})
