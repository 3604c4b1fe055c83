/**
 * `npm run openapi` writes docs/openapi.json, as the app declares it, and its types in client/schema.ts.
 * With `--check` it compares both with the stored files, lints, and rejects a change that breaks clients.
 * Files that equal the base commit's are not linted again.
 */
import './loader/register.ts'
import process from 'node:process'
import { Option } from 'commander'
import { createProgram, runProgram } from './cli/program.ts'
import { checkClients, checkDocument, isUnchanged, lint, requireCommit } from './openapi/checks.ts'
import { DOCUMENT, write } from './openapi/files.ts'
import { checkTypes, install, writeTypes } from './openapi/tools.ts'

interface Options {
  readonly check?: true
  readonly base?: string
  readonly lint?: true
}

async function run({ check, base, lint: isForced }: Options): Promise<void> {
  if (base !== undefined) requireCommit(base)
  /** Imported here, after the loader is registered. */
  const { documentText } = await import('./openapi/declared.ts')
  if (!check) {
    write(DOCUMENT, documentText())
    install()
    return void writeTypes()
  }
  checkDocument(documentText())
  if (!isForced && isUnchanged(base)) return
  install()
  checkTypes()
  lint()
  checkClients(base)
}

const BASE = new Option(
  '--base <commit>',
  'with --check: commit whose clients must still work (default: fork point of this branch)',
).implies({ check: true })

const LINT = new Option(
  '--lint',
  'with --check: lint even files that have not changed since the base',
).implies({ check: true })

const program = createProgram('openapi', 'Write docs/openapi.json and client/schema.ts.')
  .option('--check', 'compare the stored files, lint, and reject a change that breaks clients')
  .addOption(BASE)
  .addOption(LINT)
  .action(run)

process.exitCode = await runProgram(program, process.argv.slice(2))
