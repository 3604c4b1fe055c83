import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readClientMessage } from '../../../src/rooms/core/client-message'

const candidate = {
  candidate: 'candidate:1 1 udp 1 198.51.100.7 5 typ relay raddr 0.0.0.0 rport 9',
  sdpMid: '0',
  sdpMLineIndex: 0,
  usernameFragment: 'wvsx',
}

const read = (value: unknown) => readClientMessage(JSON.stringify(value))

/** Message of exactly this many bytes. */
const offerOf = (bytes: number, char: string): string => {
  const empty = JSON.stringify({ type: 'offer', epoch: 1, sdp: '' })
  const size = new TextEncoder().encode(char).length
  const count = Math.floor((bytes - empty.length) / size)
  const rest = bytes - empty.length - count * size
  return JSON.stringify({ type: 'offer', epoch: 1, sdp: char.repeat(count) + 'x'.repeat(rest) })
}

describe('a message', () => {
  it.each([
    { type: 'offer', epoch: 0, sdp: 'v=0\r\n' },
    { type: 'answer', epoch: 1, sdp: '' },
    { type: 'candidate', epoch: 1, candidate },
    { type: 'candidate', epoch: 1, candidate: { ...candidate, candidate: '' } },
    { type: 'candidate', epoch: 1, candidate: { ...candidate, sdpMid: null, sdpMLineIndex: null } },
    { type: 'accept' },
    { type: 'decline' },
    { type: 'hangup' },
    { type: 'connected', epoch: 2 },
    { type: 'report', lost: 0, received: 51, rtt: 182.5 },
    { type: 'report', lost: -2, received: 0, rtt: null },
  ])('is read: %j', (message) => {
    expect(read(message)).toEqual({ ok: true, message })
  })

  it('loses its unknown fields', () => {
    const sent = `{"type":"candidate","epoch":1,"from":"callee","candidate":${JSON.stringify({
      ...candidate,
      address: '192.0.2.10',
    }).replace('{', '{"__proto__":{"epoch":9},')},"__proto__":{"seat":"caller"},"constructor":1}`
    const result = readClientMessage(sent)
    expect(result).toEqual({ ok: true, message: { type: 'candidate', epoch: 1, candidate } })
    const message = result.ok ? result.message : {}
    expect(Object.keys(message)).toEqual(['type', 'epoch', 'candidate'])
    expect(Object.getPrototypeOf(message)).toBe(Object.prototype)
    expect('seat' in message).toBe(false)
  })

  it('has null for the fields that a browser left out of a candidate', () => {
    expect(read({ type: 'candidate', epoch: 1, candidate: { candidate: '' } })).toEqual({
      ok: true,
      message: {
        type: 'candidate',
        epoch: 1,
        candidate: { candidate: '', sdpMid: null, sdpMLineIndex: null, usernameFragment: null },
      },
    })
  })
})

const field = (name: string) => `The field ${name} is not valid.`

const REJECTED: readonly (readonly [value: unknown, reason: string])[] = [
  [{ type: 'relay', epoch: 1 }, field('type')],
  [{ type: 'Offer', epoch: 1, sdp: '' }, field('type')],
  [{ type: 'state' }, field('type')],
  [{ type: 'ended' }, field('type')],
  [{ type: '__proto__' }, field('type')],
  [{ type: 'constructor' }, field('type')],
  [{ type: ['accept'] }, field('type')],
  [{ type: null }, field('type')],
  [{}, field('type')],
  [{ type: 'offer', epoch: 1 }, field('sdp')],
  [{ type: 'offer', epoch: 1, sdp: ['v=0'] }, field('sdp')],
  [{ type: 'answer', sdp: '' }, field('epoch')],
  [{ type: 'answer', epoch: -1, sdp: '' }, field('epoch')],
  [{ type: 'answer', epoch: 1.5, sdp: '' }, field('epoch')],
  [{ type: 'answer', epoch: '1', sdp: '' }, field('epoch')],
  [{ type: 'answer', epoch: 2 ** 53, sdp: '' }, field('epoch')],
  [{ type: 'connected' }, field('epoch')],
  [{ type: 'candidate', epoch: 1, candidate: null }, field('candidate')],
  [{ type: 'candidate', epoch: 1, candidate: candidate.candidate }, field('candidate')],
  [
    { type: 'candidate', epoch: 1, candidate: { candidate: 'x'.repeat(513) } },
    field('candidate.candidate'),
  ],
  ...(
    [
      ['sdpMid', ''],
      ['sdpMid', 'x'.repeat(33)],
      ['sdpMid', 'a b'],
      ['sdpMid', '0\n'],
      ['sdpMid', 0],
      ['sdpMLineIndex', -1],
      ['sdpMLineIndex', 128],
      ['sdpMLineIndex', 0.5],
      ['sdpMLineIndex', '0'],
      ['usernameFragment', 'abc'],
      ['usernameFragment', 'a'.repeat(257)],
      ['usernameFragment', 'ab-cd'],
    ] as const
  ).map(
    ([name, value]) =>
      [
        { type: 'candidate', epoch: 1, candidate: { ...candidate, [name]: value } },
        field(`candidate.${name}`),
      ] as const,
  ),
  [{ type: 'report', lost: 0.5, received: 0, rtt: 0 }, field('lost')],
  [{ type: 'report', lost: 0, received: -1, rtt: 0 }, field('received')],
  [{ type: 'report', lost: 0, received: 0, rtt: -1 }, field('rtt')],
  [{ type: 'report', lost: 0, received: 0 }, field('rtt')],
  [null, 'A message must be an object.'],
  [[], 'A message must be an object.'],
  ['accept', 'A message must be an object.'],
  [1, 'A message must be an object.'],
]

describe('a message that is not of the contract', () => {
  it.each(REJECTED)('closes its socket with 1008: %j', (value, reason) => {
    expect(read(value)).toEqual({ ok: false, close: { code: 1008, reason } })
  })

  it.each([
    '',
    'ping',
    '{"type":"accept"',
    '{"type":"accept"}}',
    "{'type':'accept'}",
    '\ufeff{"type":"accept"}',
    '{"type":"report","lost":NaN,"received":0,"rtt":0}',
  ])('closes its socket with 1008: %j', (text) => {
    const reason = 'A message must be JSON.'
    expect(readClientMessage(text)).toEqual({ ok: false, close: { code: 1008, reason } })
  })

  it('closes its socket with 1008 if it is nested deeply', () => {
    expect(readClientMessage('['.repeat(16_000))).toMatchObject({ close: { code: 1008 } })
    const nested = `{"type":${'['.repeat(8000)}${']'.repeat(8000)}}`
    expect(readClientMessage(nested)).toMatchObject({ close: { code: 1008 } })
  })

  it('closes its socket with 1008 if it is binary', () => {
    const reason = 'A message must be text.'
    expect(readClientMessage(new ArrayBuffer(2))).toEqual({
      ok: false,
      close: { code: 1008, reason },
    })
  })
})

describe('the size of a message', () => {
  it.each(['x', 'é', '€', '📞'])('is at most 16 KiB, in characters such as %s', (char) => {
    expect(readClientMessage(offerOf(16_384, char))).toMatchObject({ ok: true })
    expect(readClientMessage(offerOf(16_385, char))).toEqual({
      ok: false,
      close: { code: 1009, reason: 'A message must have at most 16384 bytes.' },
    })
  })

  it('closes the socket with 1009 if it is too large, whatever it contains', () => {
    expect(readClientMessage('x'.repeat(16_385))).toMatchObject({ close: { code: 1009 } })
    expect(readClientMessage(new ArrayBuffer(16_385))).toMatchObject({ close: { code: 1009 } })
  })
})

describe('any data', () => {
  const message = fc.record(
    {
      type: fc.constantFrom('offer', 'answer', 'candidate', 'accept', 'report', '__proto__'),
      epoch: fc.anything(),
      sdp: fc.anything(),
      candidate: fc.oneof(fc.constant(candidate), fc.anything()),
      lost: fc.anything(),
    },
    { requiredKeys: [] },
  )
  const json = fc.oneof(message, fc.anything()).map((value) => {
    try {
      return JSON.stringify(value) ?? ''
    } catch {
      return ''
    }
  })
  const data = fc.oneof(
    json,
    fc.json(),
    fc.string({ unit: 'binary' }),
    fc.uint8Array().map((bytes) => bytes.slice().buffer),
  )

  it('is read as a message, or closes its socket with a short reason', () => {
    fc.assert(
      fc.property(data, (some) => {
        const result = readClientMessage(some)
        if (result.ok) expect(read(result.message)).toEqual(result)
        else {
          expect([1008, 1009]).toContain(result.close.code)
          expect(result.close.reason).toMatch(/^[ -~]{1,123}$/)
        }
      }),
      { numRuns: 2000 },
    )
  })
})
