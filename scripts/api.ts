/**
 * The tools around docs/openapi.json. `npm run api` writes it and the client's types of it;
 * `npm run lint:api` checks both, and that nobody's client breaks: `-- --base REF` names the commit
 * to compare with. The tools are heavy, so they have a package of their own (scripts/api), which
 * is installed when it is first needed.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { exit } from 'node:process'
import { parseArgs } from 'node:util'

const ROOT = join(import.meta.dirname, '..')
const TOOLS = 'scripts/api'
const DOCUMENT = 'docs/openapi.json'
const TYPES = 'client/schema.ts'
const LEAST_SCORE = 90

const env = { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' }
const options = { cwd: ROOT, env, encoding: 'utf8' } as const

function fail(message: string): never {
  console.error(message)
  exit(1)
}

const read = (path: string): string | undefined =>
  existsSync(join(ROOT, path)) ? readFileSync(join(ROOT, path), 'utf8') : undefined

/** Installs the tools as their lock file has them, unless they are. */
function install(): void {
  const lock = read(`${TOOLS}/package-lock.json`)
  const installed = `${TOOLS}/node_modules/.installed`
  if (lock === read(installed)) return
  console.log(`Installing the tools of ${TOOLS}`)
  const args = ['ci', '--prefix', TOOLS, '--ignore-scripts', '--no-audit', '--no-fund']
  if (spawnSync('npm', args, { ...options, stdio: 'inherit' }).status !== 0)
    fail(`The tools could not be installed: npm ${args.join(' ')}`)
  writeFileSync(join(ROOT, installed), lock ?? '')
}

/** Runs a tool. What it says is shown if it finds something. */
function run(what: string, tool: string, ...args: readonly string[]): string {
  const bin = join(ROOT, TOOLS, 'node_modules/.bin', tool)
  const { status, stdout, stderr } = spawnSync(bin, args, options)
  if (status !== 0) fail(`${what}: no\n${stdout}${stderr}`)
  console.log(`${what}: yes`)
  return stdout
}

const types = (what: string, ...flags: readonly string[]) =>
  run(
    what,
    'openapi-typescript',
    DOCUMENT,
    '--output',
    TYPES,
    '--default-non-nullable=false',
    '--root-types',
    '--root-types-no-schema-prefix',
    ...flags,
  )

const CONFIG = ['--config', `${TOOLS}/redocly.yaml`]

function lint(): void {
  run('Redocly finds nothing', 'redocly', 'lint', ...CONFIG, DOCUMENT)
  const ruleset = ['--ruleset', `${TOOLS}/spectral.yaml`]
  run('Spectral finds nothing', 'spectral', 'lint', ...ruleset, '--fail-severity', 'hint', DOCUMENT)
  const scored = run('Redocly scores it', 'redocly', 'score', ...CONFIG, '--format=json', DOCUMENT)
  const { agentReadiness } = JSON.parse(scored) as { agentReadiness: number }
  console.log(`Readiness: ${agentReadiness} of 100`)
  if (agentReadiness < LEAST_SCORE) fail(`That is less than ${LEAST_SCORE}.`)
}

function git(...args: readonly string[]): string | undefined {
  try {
    return execFileSync('git', args, { ...options, stdio: ['ignore', 'pipe', 'ignore'] }).trim()
  } catch {
    return undefined
  }
}

/** What a change starts from: where it left the main branch, or on the main branch the commit before. */
function defaultBase(): string {
  const fork = git('merge-base', 'HEAD', 'origin/main')
  return fork === undefined || fork === git('rev-parse', 'HEAD') ? 'HEAD^' : fork
}

const majorOf = (document: string): string | undefined =>
  (JSON.parse(document) as { info: { version: string } }).info.version.split('.')[0]

/** A client that was written for the base still works, unless the document has a new major version. */
function compare(base: string): void {
  const before = git('show', `${base}:${DOCUMENT}`)
  if (before === undefined) return console.log(`${base} has no ${DOCUMENT} to compare with.`)
  if (majorOf(before) !== majorOf(read(DOCUMENT) ?? ''))
    return console.log('A new major version may break clients.')
  const folder = mkdtempSync(join(tmpdir(), 'aileana-api-'))
  try {
    const file = join(folder, 'openapi.json')
    writeFileSync(file, before)
    run(`Clients of ${base} still work`, 'redocly', 'diff', ...CONFIG, file, DOCUMENT)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { base: { type: 'string' } },
})

install()
if (positionals[0] === 'write') types(`${TYPES} is written`)
else {
  lint()
  types(`${TYPES} is of this document, else \`npm run api\` writes it`, '--check')
  const { base } = values
  if (base !== undefined && git('rev-parse', '--verify', `${base}^{commit}`) === undefined)
    fail(`There is no commit ${base} here.`)
  compare(base ?? defaultBase())
}
