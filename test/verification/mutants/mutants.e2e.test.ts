import { spawnSync } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createRandom } from '../support/random'

const ROOT = join(import.meta.dirname, '../../..')
const patches = readdirSync(import.meta.dirname).filter((file) => file.endsWith('.patch'))

const TRIED = 3
/** Parts of the names of test files, by project. */
const SUFFIXES: Readonly<Record<string, string>> = { unit: '.unit', simulation: '.sim' }

/** Chooses some patches that unit tests detect. `npm run prove -- mutants` tries all. */
function chooseSome(seed: number): string[] {
  const random = createRandom(seed)
  const left = patches.filter((patch) =>
    readFileSync(join(import.meta.dirname, patch), 'utf8').includes('\nKilled by: unit '),
  )
  return Array.from({ length: TRIED }, () => left.splice(random.below(left.length), 1)).flat()
}

describe('the stored money bugs', () => {
  it('number at least twenty', () => {
    expect(patches.length).toBeGreaterThanOrEqual(20)
  })

  it.each(patches)('%s still applies to the code', (patch) => {
    const args = ['apply', '--check', join(import.meta.dirname, patch)]
    const { status, stderr } = spawnSync('git', args, { cwd: ROOT, encoding: 'utf8' })
    expect(stderr).toBe('')
    expect(status).toBe(0)
  })

  it.each(patches)('%s names tests that exist', (patch) => {
    const [, killedBy = ''] = readFileSync(join(import.meta.dirname, patch), 'utf8').split('\n')
    const [, project = '', path = ''] =
      /^Killed by: (unit|service|simulation) (\S+)$/.exec(killedBy) ?? []
    const file = `${path}${SUFFIXES[project] ?? ''}.test.ts`
    expect(existsSync(join(ROOT, file)), file).toBe(true)
  })

  it('fail unit tests: a few, chosen by a seed', () => {
    const seed = randomInt(2 ** 32)
    const only = chooseSome(seed).map((patch) => patch.slice(0, 2))
    console.log(`mutants: seed ${seed}, npm run prove -- mutants --only ${only.join(',')}`)
    const run = [join(import.meta.dirname, '../prove.ts'), 'mutants', '--only', only.join(',')]
    const { status, stdout } = spawnSync(process.execPath, run, { cwd: ROOT, encoding: 'utf8' })
    expect(stdout).not.toContain('SURVIVED')
    expect(status).toBe(0)
  }, 600_000)
})
