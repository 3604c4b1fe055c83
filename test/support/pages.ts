/** Builds the pages before the tests, because the runtime of the tests does not run wrangler's build step. */
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'

export function setup(): void {
  const build = join(import.meta.dirname, '../../scripts/build-pages.ts')
  execFileSync(process.execPath, [build], { stdio: ['ignore', 'inherit', 'inherit'] })
}
