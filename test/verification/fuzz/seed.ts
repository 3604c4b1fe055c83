/** Chooses a new seed and prints it. `FUZZ_SEED` repeats one, `FUZZ_CASES` tries more. */
import type { TestProject } from 'vitest/node'

const { FUZZ_SEED, FUZZ_CASES } = process.env

export function setup({ provide }: TestProject): void {
  const freshSeed = Number(FUZZ_SEED ?? Date.now() % 2 ** 31)
  provide('fuzz', { freshSeed, cases: Number(FUZZ_CASES ?? 100) })
  console.log(`contract fuzzing: FUZZ_SEED=${freshSeed}`)
}

declare module 'vitest' {
  interface ProvidedContext {
    readonly fuzz: { readonly freshSeed: number; readonly cases: number }
  }
}
