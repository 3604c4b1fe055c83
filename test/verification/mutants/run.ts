/**
 * Applies each stored bug to a copy of the code, and checks that a test fails. Each patch names its bug, and the
 * tests that must fail.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { stripVTControlCharacters, styleText } from 'node:util'

const ROOT = join(import.meta.dirname, '../../..')
const TIMEOUT_MS = 180_000

export interface MutantsOptions {
  readonly project?: string
  readonly only?: string
}

interface Mutant {
  readonly file: string
  readonly says: string
  readonly project: string
  readonly tests: readonly string[]
}

function readMutant(file: string): Mutant {
  const [says = '', killedBy = ''] = readFileSync(join(import.meta.dirname, file), 'utf8').split(
    '\n',
  )
  const [project = '', ...tests] = killedBy.replace('Killed by: ', '').split(' ')
  return { file, says, project, tests }
}

/** Copies the tracked files to a folder that shares this one's packages. */
function copyTree(): string {
  const copy = mkdtempSync(join(tmpdir(), 'aileana-mutants-'))
  const tracked = execFileSync('git', ['ls-files'], { cwd: ROOT, encoding: 'utf8' })
  for (const path of [...tracked.split('\n').filter(Boolean), '.dev.vars']) {
    mkdirSync(dirname(join(copy, path)), { recursive: true })
    cpSync(join(ROOT, path), join(copy, path))
  }
  for (const folder of ['node_modules', '.assets'])
    symlinkSync(join(ROOT, folder), join(copy, folder))
  return copy
}

/** @returns the first failed test, or another verdict */
function verdictOf(
  copy: string,
  { file, project, tests }: Mutant,
): { killed: boolean; by: string } {
  const patch = join(import.meta.dirname, file)
  const apply = (...flags: string[]) => spawnSync('git', ['apply', ...flags, patch], { cwd: copy })
  if (apply().status !== 0) return { killed: false, by: 'the patch does not apply any more' }
  const vitest = join(ROOT, 'node_modules/vitest/vitest.mjs')
  const args = [vitest, 'run', '--config', 'test/vitest.config.ts', '--project', project, ...tests]
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    cwd: copy,
    encoding: 'utf8',
    timeout: TIMEOUT_MS,
  })
  apply('--reverse')
  if (status === null) return { killed: false, by: 'the tests did not end' }
  const output = stripVTControlCharacters(stdout + stderr)
  const failed = / FAIL .*? > (.+)/.exec(output)?.[1]
  return { killed: status !== 0 && failed !== undefined, by: failed ?? 'no test failed' }
}

const mutantsOf = ({ project, only }: MutantsOptions): Mutant[] =>
  readdirSync(import.meta.dirname)
    .filter((file) => file.endsWith('.patch'))
    .toSorted()
    .filter((file) => only === undefined || only.split(',').some((part) => file.startsWith(part)))
    .map(readMutant)
    .filter((mutant) => project === undefined || mutant.project === project)

export async function main(options: MutantsOptions): Promise<number> {
  const mutants = mutantsOf(options)
  const copy = copyTree()
  let killed = 0
  try {
    for (const mutant of mutants) {
      const verdict = verdictOf(copy, mutant)
      if (verdict.killed) killed += 1
      const word = verdict.killed ? styleText('green', 'killed  ') : styleText('red', 'SURVIVED')
      console.log(
        `${word} ${mutant.file.replace('.patch', '')}: ${mutant.says}\n         ${verdict.by}`,
      )
    }
  } finally {
    rmSync(copy, { recursive: true, force: true })
  }
  console.log(`${killed} of ${mutants.length} mutants killed`)
  return mutants.length > 0 && killed === mutants.length ? 0 : 1
}
