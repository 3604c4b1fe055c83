/** Flags that the long tests share, and how one of them runs. */
import { InvalidArgumentError, Option } from 'commander'

export interface Bounds {
  readonly min: number
  readonly max: number
}

/** A flag whose value is a whole number. Without a default it is left out where it is not given. */
export function wholeNumber(
  flags: string,
  description: string,
  { min, max, fallback }: Bounds & { readonly fallback?: number },
): Option {
  const option = new Option(flags, `${description}: ${min} to ${max}`).argParser((text) => {
    const value = text === '' ? Number.NaN : Number(text)
    if (Number.isInteger(value) && value >= min && value <= max) return value
    throw new InvalidArgumentError(`It must be a whole number from ${min} to ${max}.`)
  })
  return fallback === undefined ? option : option.default(fallback)
}

export const seedOption = (): Option =>
  wholeNumber('--seed <n>', 'seed of the random choices', { min: 0, max: 2 ** 31 - 1, fallback: 1 })

/**
 * Runs a tool: a sentence and 1 for what it cannot do, else the exit code that it returns. Stopped by
 * a signal it exits too, so that what it started is stopped with it.
 */
export async function runTool(tool: () => Promise<number>): Promise<never> {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(130))
  try {
    process.exit(await tool())
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error))
    process.exit(1)
  }
}
