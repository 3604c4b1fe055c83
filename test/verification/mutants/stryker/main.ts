/**
 * Mutation test of the pure cores: Stryker changes one expression at a time and runs the unit tests of
 * that folder. A mutant survives if none of them fails. It prints the score of each file.
 */
import { join } from 'node:path'
import { Stryker } from '@stryker-mutator/core'
import { AREAS, type AreaName } from './areas.ts'

const FOLDER = 'test/verification/mutants/stryker'

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

/** Tests the mutants of the named areas, one area after another, or of some files of one. */
export async function main(names: readonly AreaName[], files?: readonly string[]): Promise<number> {
  for (const name of names)
    await new Stryker(optionsFor(name, files ?? AREAS[name].mutate)).runMutationTest()
  return 0
}
