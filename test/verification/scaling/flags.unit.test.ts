import { expect, it } from 'vitest'
import { PROJECTION_DELAY_MS, FIRST_RETRY_MS } from '../../../src/wallets/core/alarm'
import { createProve } from '../program'
import { type ScalingOptions, settingsOf } from './flags'

it("the simulated projection has defaults, with the wallet's delays", () => {
  const command = createProve().commands.find((found) => found.name() === 'scaling')
  const defaults = command?.opts<ScalingOptions & Record<string, unknown>>()
  expect(defaults && settingsOf(defaults)).toMatchObject({
    wallets: 100_000,
    delayMs: PROJECTION_DELAY_MS,
    retryMs: FIRST_RETRY_MS,
  })
})
