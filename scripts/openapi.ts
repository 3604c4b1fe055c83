/**
 * `npm run openapi` writes docs/openapi.json, which the app declares, and client/schema.ts, its types.
 * With `--check` it compares both with the kept files, lints, and rejects a change that breaks clients;
 * what is as it was in the base has been linted there.
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
  /** Not before the loader is registered. */
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
  'with --check: the commit whose clients must still work (default: where this branch forks)',
).implies({ check: true })

const LINT = new Option(
  '--lint',
  'with --check: lint even what has not changed since the base',
).implies({ check: true })

const program = createProgram('openapi', 'Write docs/openapi.json and client/schema.ts.')
  .option('--check', 'compare the kept files, lint, and reject a change that breaks clients')
  .addOption(BASE)
  .addOption(LINT)
  .action(run)

process.exitCode = await runProgram(program, process.argv.slice(2))
