/** The value of a result that a test takes for granted. */
import type { Result } from '../../src/common/result'

export function valueOf<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(`refused: ${JSON.stringify(result.refusal)}`)
  return result.value
}
