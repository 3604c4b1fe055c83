/** Commands, flags and help. A command's code is loaded when it runs. */
import { env } from 'node:process'
import { type Command, InvalidArgumentError } from 'commander'
import { parseDate, parseTime } from '../../src/common/text/time.ts'
import { createProgram } from '../cli/program.ts'
import { addExceptions, addUserActions } from './actions-program.ts'
import type { AuditOptions } from './audit.ts'
import type { EndSessionsOptions } from './end-sessions.ts'
import type { EraseAgainOptions } from './erase-again.ts'
import type { LookupOptions } from './lookup.ts'
import { addMonnify } from './monnify/program.ts'
import {
  addAmounts,
  addDecisions,
  addInvitations,
  addSessions,
  AS_OPERATOR,
} from './operators/program.ts'
import { here, urlOption } from './service-url.ts'
import type { VerifyOptions } from './verify.ts'
import { addWebhooks } from './webhooks/program.ts'

interface UrlOptions {
  readonly url: string
}

/** Parses a day in UTC, or a time with an offset. Rejects the future, in which no payment can be. */
function sinceOf(text: string): Date {
  const since = text.includes(':') ? parseTime(text) : parseDate(text)
  if (!since.ok) throw new InvalidArgumentError(`It ${since.message}.`)
  if (since.value > Date.now()) throw new InvalidArgumentError('It must not be in the future.')
  return new Date(since.value)
}

function addAudit(program: Command): void {
  program
    .command('audit')
    .description("Compare the service's ledgers with D1 and Monnify")
    .option('--repair', 'repair what is safe to repair')
    .option('--since <time>', 'query Monnify only about payments since this time', sinceOf)
    .addOption(urlOption())
    .addHelpText('after', `${AS_OPERATOR}\nExit codes: 0 no findings, 1 findings, 2 audit failed.`)
    .action(async (options: AuditOptions) => (await import('./audit.ts')).audit(options))
}

function addLookup(program: Command): void {
  program
    .command('lookup')
    .description('Show everything about one payment, call, wallet or user; change nothing')
    .option('--payment <reference>', 'our reference or that of Monnify')
    .option('--call <uuid>', 'a call; with --user also one that is not yet in D1')
    .option('--wallet <uuid>', 'a wallet')
    .option('--user <email or uuid>', 'a user')
    .option('--json', 'print the response as JSON')
    .addOption(urlOption())
    .addHelpText('after', `${AS_OPERATOR}\nExit codes: 0 found, 1 not found, 2 lookup failed.`)
    .action(async (options: LookupOptions, command: Command) => {
      const { payment, call, wallet, user } = options
      if ((payment ?? call ?? wallet ?? user) === undefined)
        command.error('error: use --payment, --call, --wallet or --user')
      await (await import('./lookup.ts')).lookup(options)
    })
}

function addSmoke(program: Command): void {
  program
    .command('smoke')
    .description('Check that a newly deployed service works')
    .addOption(urlOption())
    .addHelpText('after', '\nExit codes: 0 all checks passed, 1 a check failed, 2 wrong usage.')
    .action(async ({ url }: UrlOptions) => (await import('./smoke.ts')).smoke(url))
}

function addDemo(program: Command): void {
  program
    .command('demo')
    .description('Play a top-up with its webhook, a forged webhook, and a paid call')
    .option('--verbose', 'print each request and response')
    .addOption(urlOption())
    .addHelpText('after', '\nExit codes: 0 played, 1 a request failed, 2 wrong usage.')
    .action(async ({ url, verbose }: UrlOptions & { verbose?: boolean }) =>
      (await import('./demo.ts')).demo(url, verbose),
    )
}

function addEndSessions(program: Command): void {
  program
    .command('end-sessions')
    .description('End all sessions of all users after a restore of D1; can be repeated')
    .option('--all', 'confirm that all users must log in again')
    .addOption(urlOption())
    .addHelpText('after', `${AS_OPERATOR}\nExit codes: 0 sessions ended, 2 failed.`)
    .action(async (options: EndSessionsOptions) =>
      (await import('./end-sessions.ts')).endSessions(options),
    )
}

function addEraseAgain(program: Command): void {
  program
    .command('erase-again')
    .description('Erase accounts again after a restore of D1; can be repeated')
    .option('--all', 'confirm that the wallets of all users are queried')
    .addOption(urlOption())
    .addHelpText('after', `${AS_OPERATOR}\nExit codes: 0 planned, 2 failed.`)
    .action(async (options: EraseAgainOptions) =>
      (await import('./erase-again.ts')).eraseAgain(options),
    )
}

function addVerify(program: Command): void {
  program
    .command('verify')
    .description('Verify a receipt or a signed statement, and name what was altered')
    .argument('<file>', 'downloaded receipt or statement')
    .option('--keys <file or url>', 'saved copy of /.well-known/jwks.json, or its URL')
    .addOption(urlOption())
    .addHelpText(
      'after',
      '\nWith a saved copy of the keys, the command works offline.\nExit codes: 0 genuine, 1 altered, 2 could not be verified.',
    )
    .action(async (file: string, options: VerifyOptions) =>
      (await import('./verify.ts')).verify(file, options),
    )
}

const checkPort = (_: Command, command: Command): void => {
  if (command.opts<Partial<UrlOptions>>().url === here() && !URL.canParse(here()))
    command.error(`error: PORT must be a port number, not ${env['PORT']}`)
}

const COMMANDS = [
  addAudit,
  addLookup,
  addExceptions,
  addUserActions,
  addAmounts,
  addDecisions,
  addSessions,
  addInvitations,
  addSmoke,
  addMonnify,
  addWebhooks,
  addDemo,
  addEndSessions,
  addEraseAgain,
  addVerify,
]

export function createAileana(): Command {
  const program = createProgram('aileana', 'Commands for people who run the service.')
  for (const add of COMMANDS) add(program)
  return program.hook('preAction', checkPort)
}
