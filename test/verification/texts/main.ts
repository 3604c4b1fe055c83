/** `npm run prove -- texts`: shows that only texts and comments have changed since a commit. */
import { execFileSync } from 'node:child_process'
import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildAll } from './builds.ts'
import { compareCode } from './skeleton.ts'

export interface TextsOptions {
  /** Print each changed text. */
  readonly show?: true
}

const ROOT = join(import.meta.dirname, '../../..')
const TESTS = 'test/**/*.ts'

const git = (...args: readonly string[]): string =>
  execFileSync('git', args, { cwd: ROOT, encoding: 'utf8' })

/** Everything that is compared, by name: the bundles, and each test file. */
async function readProgram(root: string): Promise<ReadonlyMap<string, string>> {
  const programs = new Map(await buildAll(root))
  for (const file of globSync(TESTS, { cwd: root }))
    programs.set(file, readFileSync(join(root, file), 'utf8'))
  return programs
}

/** Prints how a program has changed: each bundle, and a test file if its code differs. */
function report(name: string, before?: string, after?: string, show?: true): boolean {
  const change = compareCode(name, before, after)
  const isSame = change.kind === 'texts'
  if (!isSame || !name.startsWith('test/')) console.log(`${name}: ${change.summary}`)
  if (isSame && show) for (const [was, is] of change.texts) console.log(`  - ${was}\n  + ${is}`)
  return isSame
}

/** @returns the exit code: 0 if no code has changed */
export async function main(base: string, { show }: TextsOptions): Promise<number> {
  const checkout = mkdtempSync(join(tmpdir(), 'aileana-texts-'))
  git('worktree', 'add', '--quiet', '--detach', checkout, base)
  try {
    const before = await readProgram(checkout)
    const after = await readProgram(ROOT)
    const names = [...new Set([...before.keys(), ...after.keys()])].toSorted()
    const results = names.map((name) => report(name, before.get(name), after.get(name), show))
    const differing = results.filter((isSame) => !isSame).length
    console.log(`${names.length} programs compared, ${differing} with other code`)
    return differing === 0 ? 0 : 1
  } finally {
    git('worktree', 'remove', '--force', checkout)
    rmSync(checkout, { recursive: true, force: true })
  }
}
