import { describe, expect, it } from 'vitest'
import {
  isFiltered,
  NO_FILTER,
  periodName,
  periodOf,
  statementName,
} from '../../../web/console/period'

const local = (month: number, day: number) => new Date(2026, month - 1, day).toISOString()

describe('a period', () => {
  it.each([
    ['', '', {}],
    ['2026-03-14', '', { from: local(3, 14) }],
    ['', '2026-03-31', { to: local(4, 1) }],
    ['2026-03-14', '2026-03-14', { from: local(3, 14), to: local(3, 15) }],
    ['2026-03', 'soon', {}],
  ])('from "%s" to "%s" covers whole local days', (from, to, query) => {
    expect(periodOf({ from, to })).toEqual(query)
  })

  it('filters if one of its fields is set', () => {
    expect(isFiltered(NO_FILTER)).toBe(false)
    for (const set of [{ value: 'debt' }, { from: '2026-03-14' }, { to: '2026-03-14' }])
      expect(isFiltered({ ...NO_FILTER, ...set })).toBe(true)
  })

  it.each([
    ['', '', 'all'],
    ['2026-03-01', '', 'from-2026-03-01'],
    ['', '2026-03-14', 'until-2026-03-14'],
    ['2026-03-01', '2026-03-14', '2026-03-01-to-2026-03-14'],
  ])('from "%s" to "%s" has a name', (from, to, name) => {
    expect(periodName({ from, to })).toBe(name)
  })

  it('names the file of a statement', () => {
    const filter = { value: 'call_charge', from: '2026-03-01', to: '' }
    expect(statementName('call_credits', NO_FILTER)).toBe('aileana-call-credits-all.csv')
    expect(statementName('primary', filter)).toBe('aileana-primary-call-charge-from-2026-03-01.csv')
  })
})
