/** A seeded generator (mulberry32): everything that is left to chance in a run comes from one. */
export interface Random {
  /** A whole number from 0 to below `count`. */
  below(count: number): number
  /** A whole number from `least` to `most`. */
  between(least: number, most: number): number
  chance(probability: number): boolean
  pick<T>(list: readonly T[]): T
  pickOrNone<T>(list: readonly T[]): T | undefined
}

export function createRandom(seed: number): Random {
  let state = seed >>> 0
  function unit(): number {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = state
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const below = (count: number) => Math.floor(unit() * count)
  return {
    below,
    between: (least, most) => least + below(most - least + 1),
    chance: (probability) => unit() < probability,
    pick: (list) => list[below(list.length)] as (typeof list)[number],
    pickOrNone: (list) => list[below(list.length)],
  }
}

/** A seed that follows from others, so that neighbours have nothing in common. */
export const seedFrom = (...parts: readonly number[]): number =>
  parts.reduce((mixed, part) => {
    const next = Math.imul(mixed ^ part, 0x9e3779b1)
    return (next ^ (next >>> 15) ^ (next << 7)) >>> 0
  }, 0x2545f491)

export function uuidFrom(random: Random): ReturnType<typeof crypto.randomUUID> {
  const hex = (digits: number) =>
    Array.from({ length: digits }, () => random.below(16).toString(16)).join('')
  return `${hex(8)}-${hex(4)}-4${hex(3)}-8${hex(3)}-${hex(12)}`
}
