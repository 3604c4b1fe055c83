/** The flags of the two tools: whole numbers, each with a default and bounds. */
import { parseArgs } from 'node:util'

export interface NumberFlag {
  readonly fallback: number
  readonly min: number
  readonly max: number
}

/** @throws a sentence that says which flag is wrong, and which ones there are */
export function readFlags<Name extends string>(
  args: readonly string[],
  flags: Readonly<Record<Name, NumberFlag>>,
): Record<Name, number> {
  const names = Object.keys(flags) as Name[]
  const known = names.map((name) => `--${name} ${flags[name].fallback}`).join(' ')
  const options = Object.fromEntries(names.map((name) => [name, { type: 'string' as const }]))
  const given = (() => {
    try {
      return parseArgs({ args: [...args], options }).values
    } catch (error) {
      const [what = ''] = error instanceof Error ? error.message.split('. ') : []
      throw new Error(`${what.replace(/\.$/, '')}. The flags are: ${known}`, { cause: error })
    }
  })()
  const valueOf = (name: Name): number => {
    const { fallback, min, max } = flags[name]
    const text = given[name]
    const value = text === undefined ? fallback : Number(text === '' ? Number.NaN : text)
    if (Number.isInteger(value) && value >= min && value <= max) return value
    throw new Error(`--${name} must be a whole number from ${min} to ${max}, not ${String(text)}.`)
  }
  return Object.fromEntries(names.map((name) => [name, valueOf(name)])) as Record<Name, number>
}

export const SEED: NumberFlag = { fallback: 1, min: 0, max: 2 ** 31 - 1 }

/**
 * Runs a tool: a sentence and 1 for what it cannot do, else the exit code that it answers. Stopped by
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
