/** Checks of the stored document: it is as declared, the linters find nothing, and no client breaks. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fail } from '../cli/program.ts'
import { DOCUMENT, read, ROOT, TYPES } from './files.ts'
import { runTool, TOOLS } from './tools.ts'

const LEAST_SCORE = 90
const CONFIG = ['--config', `${TOOLS}/redocly.yaml`]

export function checkDocument(declared: string): void {
  if (declared !== read(DOCUMENT))
    fail(`${DOCUMENT} is not what the app declares. Run \`npm run openapi\`.`, 1)
  console.log(`${DOCUMENT} is what the app declares: yes`)
}

export function lint(): void {
  runTool('Redocly finds nothing', 'redocly', 'lint', ...CONFIG, DOCUMENT)
  const ruleset = ['--ruleset', `${TOOLS}/spectral.yaml`]
  const strictly = ['--fail-severity', 'hint']
  runTool('Spectral finds nothing', 'spectral', 'lint', ...ruleset, ...strictly, DOCUMENT)
  const score = ['score', ...CONFIG, '--format=json', DOCUMENT]
  const scored = runTool('Redocly scores it', 'redocly', ...score)
  const { agentReadiness } = JSON.parse(scored) as { agentReadiness: number }
  console.log(`Readiness: ${agentReadiness} of 100`)
  if (agentReadiness < LEAST_SCORE) fail(`The score must be at least ${LEAST_SCORE}.`, 1)
}

function git(...args: readonly string[]): string | undefined {
  try {
    return execFileSync('git', args, {
      cwd: ROOT,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim()
  } catch {
    return undefined
  }
}

/** Exits if the commit does not exist. */
export function requireCommit(base: string): void {
  if (git('rev-parse', '--verify', `${base}^{commit}`) === undefined)
    fail(`This repository has no commit ${base}.`)
}

/** Commit at which the branch left main; on main, the previous commit. */
function defaultBase(): string {
  const fork = git('merge-base', 'HEAD', 'origin/main')
  return fork === undefined || fork === git('rev-parse', 'HEAD') ? 'HEAD^' : fork
}

const majorOf = (document: string): string | undefined =>
  (JSON.parse(document) as { info: { version: string } }).info.version.split('.')[0]

/** Reports whether the document, its types and these checks equal those of the base, which passed. */
export const isUnchanged = (base = defaultBase()): boolean =>
  git('diff', '--quiet', base, '--', DOCUMENT, TYPES, 'scripts/openapi') !== undefined

/** Rejects changes that break clients of the base, unless the document has a new major version. */
export function checkClients(base = defaultBase()): void {
  const before = git('show', `${base}:${DOCUMENT}`)
  if (before === undefined) return console.log(`${base} has no ${DOCUMENT} to compare with.`)
  if (majorOf(before) !== majorOf(read(DOCUMENT) ?? ''))
    return console.log('A new major version may break clients.')
  const folder = mkdtempSync(join(tmpdir(), 'aileana-openapi-'))
  try {
    const file = join(folder, 'openapi.json')
    writeFileSync(file, before)
    runTool(`Clients of ${base} still work`, 'redocly', 'diff', ...CONFIG, file, DOCUMENT)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
