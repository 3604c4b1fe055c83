/** The unit tests of the pure cores, with fewer generated cases, for the mutation tester. */
import { join } from 'node:path'
import { defineConfig } from 'vitest/config'

// oxlint-disable-next-line import/no-default-export -- vitest reads it
export default defineConfig({
  test: {
    root: join(import.meta.dirname, '../../../..'),
    include: ['**/*.unit.test.ts'],
    setupFiles: ['test/verification/mutants/stryker/setup.ts'],
    isolate: false,
    testTimeout: 60_000,
    provide: { histories: 100 },
  },
})
