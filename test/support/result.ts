/** Value of a result that must be a success. */
import type { Result } from '../../src/common/result'

export function valueOf<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(`refused: ${JSON.stringify(result.refusal)}`)
  return result.value
}
