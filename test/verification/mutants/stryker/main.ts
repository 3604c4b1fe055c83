/**
 * Mutation test of the pure cores: Stryker changes one expression at a time and runs the unit tests of
 * that folder. A mutant survives if none of them fails. It prints the score of each file.
 */
import { join } from 'node:path'
import { Stryker } from '@stryker-mutator/core'

const FOLDER = 'test/verification/mutants/stryker'

interface Area {
  readonly mutate: readonly string[]
  /** A mutant must be killed by the tests of this folder. */
  readonly tests: string
}

export const AREAS = {
  wallets: { mutate: ['src/wallets/core/*.ts'], tests: 'test/wallets/core' },
  payments: { mutate: ['src/payments/core/*.ts'], tests: 'test/payments/core' },
  tariffs: { mutate: ['src/tariffs/*.ts'], tests: 'test/tariffs' },
  limits: { mutate: ['src/limits/policy.ts'], tests: 'test/limits' },
  common: { mutate: ['src/common/money.ts', 'src/common/next-attempt.ts'], tests: 'test/common' },
} as const satisfies Record<string, Area>

export type AreaName = keyof typeof AREAS

export interface StrykerOptions {
  /** Glob patterns or `file.ts:12-40` ranges, instead of the whole area. */
  readonly files?: readonly string[]
}

type Options = ConstructorParameters<typeof Stryker>[0]

const optionsFor = (name: AreaName, files: readonly string[]): Options => ({
  mutate: [...files],
  testRunner: 'vitest',
  plugins: ['@stryker-mutator/vitest-runner'],
  vitest: {
    configFile: join(FOLDER, 'vitest.config.ts'),
    dir: AREAS[name].tests,
    related: false,
  },
  /** Stryker would rewrite tsconfig.json with the JavaScript API that TypeScript 7 lacks. */
  tsconfigFile: 'none',
  coverageAnalysis: 'perTest',
  concurrency: 1,
  timeoutMS: 30_000,
  ignorePatterns: ['/docs', '/web', '/dist', '/migrations', '/test/releases'],
  tempDirName: '.stryker/sandbox',
  reporters: ['clear-text', 'json'],
  clearTextReporter: { reportTests: false, logTests: false },
  jsonReporter: { fileName: `.stryker/${name}.json` },
})

/** Tests the mutants of the named areas, one area after another. @returns the result of each mutant */
export async function main(names: readonly AreaName[], options: StrykerOptions = {}) {
  const results = []
  for (const name of names) {
    const files = options.files ?? AREAS[name].mutate
    results.push(...(await new Stryker(optionsFor(name, files)).runMutationTest()))
  }
  return results
}
