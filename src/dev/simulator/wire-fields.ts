/** Fields and times that the parts of the simulated API share. */
import { z } from 'zod'
import { type Kobo, parseNaira } from '../../common/money'

/** Longer than the client's time limit. */
export const SLOW_MS = 11_000

/** Positive amount of naira. */
export const amount = z.number().transform((naira, context): Kobo => {
  const parsed = parseNaira(naira)
  if (parsed !== undefined && parsed > 0) return parsed
  context.addIssue({ code: 'custom', message: 'not an amount' })
  return z.NEVER
})
