import { expect, it } from 'vitest'
import { kobo } from '../../../src/common/money'
import { chainFindings } from '../../../src/receipts/core/chain'

const point = (seq: number) => ({ seq, hash: 'a'.repeat(64), balanceKobo: kobo(0) })

it('a statement that claims countless entries is judged without counting them', () => {
  const last = Number.MAX_SAFE_INTEGER
  const findings = [...chainFindings([], point(0), point(last))]
  expect(findings[0]).toBe(`Entries 1 to ${last} are missing.`)
})
