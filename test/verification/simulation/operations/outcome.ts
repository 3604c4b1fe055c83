/** How an operation ended, in a word for the record; and whether a throw was deserved. */
import { hold, Violation } from '../auditor/violation'
import { Lost } from '../faults'
import type { World } from '../world'

export const UNKNOWN = 'unknown'

const causesOf = (error: unknown): unknown[] =>
  error instanceof Error ? [error, ...causesOf(error.cause)] : []

/** Runs what a client asks for. @returns its answer, or `unknown` after a fault; throws otherwise */
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

/** Holds a refusal to those that the order of things allows. */
export function allow(what: string, code: string, allowed: readonly string[]): string {
  hold(allowed.includes(code), () => `${what} answers ${code}, not ${allowed.join(' or ')}`)
  return code
}
