/** The kept bugs: every patch still applies, and those that unit tests notice are tried. */
import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'

const ROOT = join(import.meta.dirname, '../../..')
const patches = readdirSync(import.meta.dirname).filter((file) => file.endsWith('.patch'))

describe('the kept money bugs', () => {
  it('are at least twenty', () => {
    expect(patches.length).toBeGreaterThanOrEqual(20)
  })

  it.each(patches)('%s still fits the code', (patch) => {
    const args = ['apply', '--check', join(import.meta.dirname, patch)]
    const { status, stderr } = spawnSync('git', args, { cwd: ROOT, encoding: 'utf8' })
    expect(stderr).toBe('')
    expect(status).toBe(0)
  })

  it('that unit tests are to notice turn them red', () => {
    const run = [join(import.meta.dirname, '../prove.ts'), 'mutants', '--project', 'unit']
    const { status, stdout } = spawnSync(process.execPath, run, { cwd: ROOT, encoding: 'utf8' })
    expect(stdout).not.toContain('SURVIVED')
    expect(status).toBe(0)
  }, 600_000)
})
