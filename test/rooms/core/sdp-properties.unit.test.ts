/** Applies the filter to arbitrary text and to changed descriptions of browsers. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type DescriptionRules, filterDescription } from '../../../src/rooms/core/sdp'
import { DESCRIPTIONS, linesOf, mediaLines, readFixture, text } from './descriptions'
import { RELAY_CANDIDATE, REMOVED, REMOVED_FROM_SESSION } from './hostile-lines'

/** Longest growth: line endings, `c=` and `a=rtcp:` lines, and `raddr` of candidates. */
const MAX_GROWTH = 2048
const RELAYED =
  /^a=candidate:[\w+/]+ [12] udp \d+ [\d.:a-f]+ \d+ typ relay raddr (?:0\.0\.0\.0|::) rport 9(?: [\w-]+ [\w+/]+)*$/i

/** Kinds of the sections that are in use. A bundle-only section has port 0, and is not among them. */
const USED_SECTIONS = {
  audio: ['', 'm=audio'],
  video: ['', 'm=audio', 'm=video', 'm=audio,m=video'],
}

function expectSafe(sdp: string, rules: DescriptionRules): void {
  const first = filterDescription(sdp, rules)
  if (!first.ok) return
  const lines = linesOf(first.value)
  expect(text(lines)).toBe(first.value)
  for (const line of lines) {
    expect(line).toMatch(/^[vostmcab]=[\x20-\x7e]{1,510}$/)
    if (line.startsWith('a=candidate') && rules.relayOnly) expect(line).toMatch(RELAYED)
  }
  expect(lines.length).toBeLessThan(512)
  expect(first.value.length).toBeLessThanOrEqual(Math.min(16_384, sdp.length + MAX_GROWTH))
  const used = mediaLines(first.value).filter((line) => !/^m=\w+ 0 /.test(line))
  const kinds = used.map((line) => line.slice(0, 7)).toSorted()
  expect(USED_SECTIONS[rules.media]).toContain(kinds.join())
  expect(filterDescription(first.value, rules)).toEqual(first)
}

const rules: fc.Arbitrary<DescriptionRules> = fc.record({
  type: fc.constantFrom('offer', 'answer'),
  media: fc.constantFrom('audio', 'video'),
  relayOnly: fc.boolean(),
})

const fixture = fc.constantFrom(...DESCRIPTIONS).map(readFixture)
const realLine = fixture.chain((sdp) => fc.constantFrom(...linesOf(sdp)))
const hostileLine = fc.oneof(
  fc.constantFrom(...REMOVED, ...REMOVED_FROM_SESSION, RELAY_CANDIDATE, 'a=bundle-only'),
  fc.string({ unit: 'binary', maxLength: 40 }).map((value) => `a=${value}`),
  fc.string({ unit: 'binary', maxLength: 40 }),
)

/** A description of a browser with lines removed, inserted, replaced, repeated or changed. */
const mutated = fc
  .record({
    sdp: fixture,
    edits: fc.array(
      fc.record({
        at: fc.nat({ max: 200 }),
        removed: fc.nat({ max: 3 }),
        added: fc.array(fc.oneof(realLine, hostileLine), { maxLength: 3 }),
      }),
      { maxLength: 6 },
    ),
    cut: fc.tuple(
      fc.nat({ max: 8000 }),
      fc.nat({ max: 12 }),
      fc.string({ unit: 'binary', maxLength: 3 }),
    ),
    isCut: fc.boolean(),
    ending: fc.constantFrom('\r\n', '\n'),
  })
  .map(({ sdp, edits, cut: [at, length, replacement], isCut, ending }) => {
    const lines = linesOf(sdp)
    for (const edit of edits) lines.splice(edit.at % lines.length, edit.removed, ...edit.added)
    const edited = lines.map((line) => line + ending).join('')
    const start = at % Math.max(1, edited.length)
    return isCut ? edited.slice(0, start) + replacement + edited.slice(start + length) : edited
  })

describe('any text', () => {
  it('is rejected, or becomes a safe description that filtering does not change', () => {
    fc.assert(fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.string()), rules, expectSafe))
  })

  it('is rejected, or becomes a safe description if it is composed of lines', () => {
    const lines = fc.array(fc.oneof(realLine, hostileLine), { maxLength: 40 })
    fc.assert(
      fc.property(
        lines.map((some) => `o=- 1 1 IN IP4 192.0.2.10\n${some.join('\n')}`),
        rules,
        expectSafe,
      ),
      { numRuns: 1000 },
    )
  })

  it('is rejected, or becomes a safe description if it is a changed description', () => {
    let passed = 0
    fc.assert(
      fc.property(mutated, rules, (sdp, some) => {
        if (filterDescription(sdp, some).ok) passed++
        expectSafe(sdp, some)
      }),
      { numRuns: 1000 },
    )
    expect(passed).toBeGreaterThan(100)
  })
})
