/** Outcomes of operations as one word, and whether an error was allowed. */
import { hold, Violation } from '../auditor/violation'
import { Lost } from '../faults'
import type { World } from '../world'

export const UNKNOWN = 'unknown'

const causesOf = (error: unknown): unknown[] =>
  error instanceof Error ? [error, ...causesOf(error.cause)] : []

/** Runs a client's request. @returns its result, or `unknown` after a fault; throws otherwise */
export async function asked<T>(world: World, run: () => Promise<T>): Promise<T | typeof UNKNOWN> {
  try {
    return await run()
  } catch (error) {
    if (error instanceof Violation) throw error
    const isLost = causesOf(error).some((cause) => cause instanceof Lost)
    if (isLost && (world.faults.hasStruck || world.isShared)) return UNKNOWN
    const { stack } = error as Error
    throw new Violation(`something throws though nothing is wrong: ${stack ?? String(error)}`)
  }
}

export const codeOf = (result: { ok: boolean; refusal?: { code: string } }): string =>
  result.ok ? 'ok' : (result.refusal?.code ?? 'refused')

/** Checks that a refusal is one of the allowed ones. */
export function allow(what: string, code: string, allowed: readonly string[]): string {
  hold(allowed.includes(code), () => `${what} answers ${code}, not ${allowed.join(' or ')}`)
  return code
}
