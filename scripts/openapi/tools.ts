/**
 * The linters and the generator of types. They are a separate package, installed on first use: one of its
 * 272 packages requires TypeScript 5, which npm refuses to install beside TypeScript 7.
 */
import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fail } from '../cli/program.ts'
import { DOCUMENT, read, ROOT, TYPES } from './files.ts'

export const TOOLS = 'scripts/openapi/tools'

const env = { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' }
const options = { cwd: ROOT, env, encoding: 'utf8' } as const

/** Installs the tools from their lock file, unless they are installed. */
export function install(): void {
  const lock = read(`${TOOLS}/package-lock.json`)
  const installed = `${TOOLS}/node_modules/.installed`
  if (lock === read(installed)) return
  console.log(`Installing the tools of ${TOOLS}`)
  const args = ['ci', '--prefix', TOOLS, '--ignore-scripts', '--no-audit', '--no-fund']
  if (spawnSync('npm', args, { ...options, stdio: 'inherit' }).status !== 0)
    fail(`The tools could not be installed: npm ${args.join(' ')}`, 1)
  writeFileSync(join(ROOT, installed), lock ?? '')
}

/** Runs a tool, and prints its output if it fails. @returns its output */
export function runTool(claim: string, tool: string, ...args: readonly string[]): string {
  const bin = join(ROOT, TOOLS, 'node_modules/.bin', tool)
  const { status, stdout, stderr } = spawnSync(bin, args, options)
  if (status !== 0) fail(`${claim}: no\n${stdout}${stderr}`, 1)
  console.log(`${claim}: yes`)
  return stdout
}

const TYPE_FLAGS = ['--default-non-nullable=false', '--root-types', '--root-types-no-schema-prefix']

export const writeTypes = () =>
  runTool(`${TYPES} is written`, 'openapi-typescript', DOCUMENT, '--output', TYPES, ...TYPE_FLAGS)

export const checkTypes = () =>
  runTool(
    `${TYPES} matches the document (\`npm run openapi\` writes it)`,
    'openapi-typescript',
    DOCUMENT,
    '--output',
    TYPES,
    ...TYPE_FLAGS,
    '--check',
  )
