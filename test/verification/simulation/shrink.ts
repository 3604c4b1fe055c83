/**
 * Shortens a list of operations that breaks a promise (delta debugging).
 * @param breaks whether a list still breaks a promise
 */
export async function shrink<Operation>(
  operations: readonly Operation[],
  breaks: (operations: readonly Operation[]) => Promise<boolean>,
  tries: number,
): Promise<readonly Operation[]> {
  let kept = operations
  let size = Math.ceil(kept.length / 2)
  let left = tries
  while (size >= 1 && left > 0) {
    let isShorter = false
    for (let from = 0; from < kept.length && left > 0; left--) {
      const rest = [...kept.slice(0, from), ...kept.slice(from + size)]
      if (rest.length < kept.length && (await breaks(rest))) {
        kept = rest
        isShorter = true
      } else from += size
    }
    if (size === 1 && !isShorter) break
    size = Math.max(1, Math.floor(size / 2))
  }
  return kept
}
