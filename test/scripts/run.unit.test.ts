import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { scripts } from '../../package.json'

const LAUNCHER = join(import.meta.dirname, '../../scripts/run.mjs')
const folder = mkdtempSync(join(tmpdir(), 'aileana-run-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function run(files: Record<string, string>, nodeFlags: string[], ...args: string[]) {
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
  const command = [...nodeFlags, LAUNCHER, ...args]
  return spawnSync(process.execPath, command, { cwd: folder, encoding: 'utf8' })
}

const PROGRAM = {
  'program.ts': 'const said: string = process.argv.slice(1).join(); console.log(said)',
}

describe('a program that an npm script runs', () => {
  it('receives its flags', () => {
    const { stdout } = run(PROGRAM, [], 'program.ts', '--flag', 'x.ts')
    expect(stdout).toBe(`${join(folder, 'program.ts')},--flag,x.ts\n`)
  })

  it('prints one sentence on a Node that cannot read TypeScript', () => {
    const { status, stderr } = run(PROGRAM, ['--no-experimental-strip-types'], 'program.ts')
    expect(status).toBe(1)
    expect(stderr).toMatch(/^Node 22\.18 or newer is needed, .*--ignore-scripts=false.*\n$/)
  })

  it('prints one sentence if a package is missing', () => {
    const files = { 'needs.ts': "import 'no-such-package'" }
    const { status, stderr } = run(files, [], 'needs.ts')
    expect(status).toBe(1)
    expect(stderr).toBe(
      'The package no-such-package is missing in node_modules. Run `npm ci` and let it finish.\n',
    )
  })

  it('is never run with `node` directly', () => {
    for (const [name, script] of Object.entries(scripts))
      expect(script, name).not.toMatch(/node (?!scripts\/run\.mjs )/)
  })
})
