import { describe, expect, it } from 'vitest'
import {
  codeOf,
  codeOfFault,
  REFUND_CODES,
  statusOnArrival,
  statusOnQuery,
} from '../../src/dev/simulator/refund-rules'
import { REFUND_FAULTS } from '../../src/dev/simulator/scenario'

const order = {
  amountKobo: 10_000,
  reason: 'x'.repeat(64),
  note: 'x'.repeat(16),
  isReferenceUsed: false,
  transaction: { paidKobo: 10_000, method: 'ACCOUNT_TRANSFER' as const },
}

describe('the code of an ordered refund', () => {
  it.each([
    [undefined, {}],
    ['R1', { transaction: undefined }],
    ['R2', { transaction: { paidKobo: 10_000, method: 'CARD' as const } }],
    ['R3', { amountKobo: 10_001 }],
    ['R3', { transaction: { paidKobo: 0, method: 'ACCOUNT_TRANSFER' as const } }],
    ['R4', { amountKobo: 9999 }],
    ['R8', { reason: 'x'.repeat(65) }],
    ['R8', { note: 'x'.repeat(17) }],
    ['R8', { note: `${'x'.repeat(15)}😀` }],
    ['R9', { isReferenceUsed: true }],
    ['R9', { isReferenceUsed: true, transaction: undefined }],
  ])('is %s for %j', (code, rest) => {
    expect(codeOf({ ...order, ...rest })).toBe(code)
  })

  it.each(REFUND_FAULTS)('is the code of the fault %s, if it has one', (fault) => {
    expect(codeOfFault(fault)).toBe(fault in REFUND_CODES ? fault : undefined)
  })
})

describe('the status of a refund', () => {
  it.each([
    ['none', 'COMPLETED'],
    ['timeout_landed', 'COMPLETED'],
    ['failed_after_completed', 'COMPLETED'],
    ['failed', 'FAILED'],
    ['pending', 'PENDING'],
  ] as const)('with the fault %s is %s on arrival', (fault, status) => {
    expect(statusOnArrival(fault)).toBe(status)
  })

  it('is pending during the given number of queries', () => {
    const setting = { fault: 'pending', queries: 2 } as const
    const statuses = [0, 1, 2].map((asked) => statusOnQuery('PENDING', setting, asked))
    expect(statuses).toEqual(['PENDING', 'PENDING', 'COMPLETED'])
    expect(statusOnQuery('FAILED', setting, 5)).toBe('FAILED')
  })
})
