import { describe, expect, it } from 'vitest'
import { decodeRows, encodeRows, piecesOf } from '../../../src/tariffs/core/content'
import { type CsvResult, readCostsCsv, readTariffCsv } from '../../../src/tariffs/core/csv'

const HEADER =
  'id,prefix,type,forbidden,kobo_per_minute,unit_kobo,minimum_seconds,increment_seconds,setup_kobo'

const problemsOf = (result: CsvResult<unknown>): readonly string[] =>
  result.ok ? [] : result.problems

describe('a tariff in CSV', () => {
  it('has the rows of the setting TARIFF, with the same defaults', () => {
    const text = `${HEADER}\nnigeria,+234,,,1000,,,,\nvideo,+234,video,,1800,1,20,7,150\nsat,+870,,true,,,,,\n`
    expect(readTariffCsv(text)).toEqual({
      ok: true,
      rows: [
        {
          id: 'nigeria',
          prefix: '+234',
          kobo_per_minute: 1000,
          unit_kobo: 100,
          minimum_seconds: 0,
          increment_seconds: 1,
          setup_kobo: 0,
        },
        {
          id: 'video',
          prefix: '+234',
          type: 'video',
          kobo_per_minute: 1800,
          unit_kobo: 1,
          minimum_seconds: 20,
          increment_seconds: 7,
          setup_kobo: 150,
        },
        expect.objectContaining({ id: 'sat', prefix: '+870', forbidden: true }),
      ],
    })
  })

  it('may have its columns in any order, a byte order mark, quotes, CRLF and blank lines', () => {
    const text = '\uFEFFprefix,kobo_per_minute,id\r\n"+234",1000 ,"nigeria"\r\n\r\n'
    expect(readTariffCsv(text)).toMatchObject({
      ok: true,
      rows: [{ id: 'nigeria', prefix: '+234', kobo_per_minute: 1000 }],
    })
  })

  it.each([
    ['without a header', '', 'must have a header and at least one row'],
    ['without rows', HEADER, 'must have a header and at least one row'],
    ['without a column', 'id,prefix\na,+1', 'line 1: column kobo_per_minute is missing'],
    ['with an unknown column', `${HEADER},price\n`.repeat(2), 'line 1: column price is unknown'],
    ['with a repeated column', `${HEADER},id\na,+1,,,1,,,,,b`, 'line 1: column id is repeated'],
    ['with a short line', `${HEADER}\na,+1\n`, 'line 2: has 2 columns, not 9'],
    ['with an open quote', `${HEADER}\n"a,+1`, 'is not valid CSV: Quote Not Closed'],
    [
      'with a text as a price',
      `${HEADER}\na,+1,,,ten,,,,`,
      'line 2, column kobo_per_minute: must be a whole number',
    ],
    [
      'with a fraction of a kobo',
      `${HEADER}\na,+1,,,10.5,,,,`,
      'line 2, column kobo_per_minute: must be a whole number',
    ],
    [
      'with a negative fee',
      `${HEADER}\na,+1,,,1,,,,-1`,
      'line 2, column setup_kobo: must be at least 0',
    ],
    [
      'with a prefix that lost its plus',
      `${HEADER}\na,234,,,1,,,,`,
      'line 2, column prefix: must be + and at most 15 digits',
    ],
    ['with a trunk zero', `${HEADER}\na,+2340803,,,1,,,,`, 'line 2, column prefix: never matches'],
    ['with an unknown type', `${HEADER}\na,+1,fax,,1,,,,`, 'line 2, column type: must be audio'],
    [
      'with a price of a forbidden destination',
      `${HEADER}\na,+1,,true,1,,,,`,
      'line 2, column kobo_per_minute: must be given unless forbidden is true',
    ],
    ['with a formula as a name', `${HEADER}\n=1+1,+1,,,1,,,,`, 'line 2, column id: must be a name'],
    [
      'with a repeated name, after a blank line',
      `${HEADER}\na,+1,,,1,,,,\n\na,+2,,,1,,,,`,
      'line 4 (a): has the same id as line 2 (a)',
    ],
    [
      'with a repeated destination',
      `${HEADER}\na,+1,audio,,1,,,,\nb,+1,audio,,1,,,,`,
      'line 3 (b): has the same prefix and type as line 2 (a)',
    ],
  ])('%s is rejected with the line and the column', (_, text, problem) => {
    expect(problemsOf(readTariffCsv(text))[0]).toContain(problem)
  })

  it('is rejected beyond 25,000 rows, and reports at most fifty problems', () => {
    const lines = (count: number, price: string) =>
      Array.from({ length: count }, (_, i) => `r${i},+234${10_000 + i},,,${price},,,,`).join('\n')
    expect(problemsOf(readTariffCsv(`${HEADER}\n${lines(25_001, '1')}`))).toEqual([
      'must have at most 25000 rows',
    ])
    expect(problemsOf(readTariffCsv(`${HEADER}\n${lines(25_000, 'x')}`))).toHaveLength(50)
    expect(problemsOf(readTariffCsv('x'.repeat(4 * 1024 * 1024 + 1)))).toEqual([
      'must have at most 4194304 bytes',
    ])
  })

  it('of 25,000 of the longest rows is stored in pieces below 2 MB, and read back unchanged', () => {
    const lines = Array.from({ length: 25_000 }, (_, i) => {
      const id = `${i}-`.padEnd(50, 'x')
      return `${id},+${234_100_000_000_000 + i},video,,10000000,1000000,3600,3600,10000000`
    })
    const read = readTariffCsv(`${HEADER}\n${lines.join('\n')}`)
    if (!read.ok) throw new Error(read.problems.join())
    const content = encodeRows(read.rows)
    expect(content.length).toBeLessThan(5_000_000)
    const pieces = piecesOf(content)
    for (const piece of pieces) expect(piece.length).toBeLessThan(2_000_000)
    expect(decodeRows(pieces.join(''))).toEqual(read.rows)
  })
})

describe('costs in CSV', () => {
  it('have a prefix, perhaps a type, and a cost', () => {
    const text = 'prefix,type,cost_kobo_per_minute\n+234,,700\n+234,video,900\n'
    expect(readCostsCsv(text)).toEqual({
      ok: true,
      rows: [
        { prefix: '+234', cost_kobo_per_minute: 700 },
        { prefix: '+234', type: 'video', cost_kobo_per_minute: 900 },
      ],
    })
  })

  it('are rejected with the line and the column', () => {
    const text = 'prefix,cost_kobo_per_minute\n+234,700\n+234,800\n'
    expect(problemsOf(readCostsCsv(text))).toEqual([
      'line 3 (+234): has the same prefix and type as line 2 (+234)',
    ])
    expect(problemsOf(readCostsCsv('prefix\n+1\n'))).toEqual([
      'line 1: column cost_kobo_per_minute is missing',
    ])
  })
})
