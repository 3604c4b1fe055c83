import { describe, expect, it } from 'vitest'
import { PROJECTION_DELAY_MS, FIRST_RETRY_MS } from '../../../src/wallets/core/alarm'
import { readPlan, settingsOf } from './flags'

describe('the flags of the simulation of the copy', () => {
  it('have defaults, of which the delays are those of the wallet', () => {
    expect(settingsOf(readPlan([]))).toMatchObject({
      wallets: 100_000,
      delayMs: PROJECTION_DELAY_MS,
      retryMs: FIRST_RETRY_MS,
    })
  })

  it.each([
    [['--wallets', '0'], '--wallets must be a whole number from 1 to 1000000, not 0.'],
    [['--calls-per-second', 'many'], '--calls-per-second must be a whole number from 1 to'],
    [['--outage-minutes'], 'The flags are:'],
    [['--walets', '5'], "Unknown option '--walets'. The flags are: --wallets 100000"],
  ])('%j is answered with a sentence', (args, sentence) => {
    expect(() => readPlan(args)).toThrow(sentence)
  })
})
