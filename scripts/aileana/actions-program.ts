/** Commands that change users, money or exceptions. Each names the operator who acts. */
import { type Command, InvalidArgumentError } from 'commander'
import type { AdjustOptions, DecisionOptions, RefundOptions, UserAction } from './actions.ts'
import type { ChangeOptions, ListOptions } from './exceptions.ts'
import { urlOption } from './service-url.ts'

const AS = '--as <name>'
const AS_TEXT = 'name of the operator who acts'
const EXIT_CODES = '\nExit codes: 0 done, 1 not found, 2 refused or failed.'
const BY_OPERATOR = `
OPERATOR_TOKEN is read from the environment, or from .dev.vars.${EXIT_CODES}`
const BY_MONEY_TOKEN = `
OPERATOR_TOKEN and OPERATOR_MONEY_TOKEN are read from the environment, or from .dev.vars.${EXIT_CODES}`

function nairaOf(text: string): number {
  const amount = Number(text)
  if (!/^\d+(\.\d{1,2})?$/.test(text) || amount <= 0)
    throw new InvalidArgumentError('It must be an amount in NGN, such as 150 or 99.50.')
  return amount
}

export function addUserActions(program: Command): void {
  for (const [action, text] of [
    ['freeze', "End a user's calls, and refuse all later commands of the user"],
    ['unfreeze', 'Let a frozen user spend again'],
    ['disable', "End all of a user's sessions, refuse log-ins, and freeze the wallets"],
    ['enable', 'Let a disabled user log in again; the wallets stay frozen'],
  ] as const)
    program
      .command(action)
      .description(text)
      .requiredOption('--user <email or uuid>', 'the user')
      .requiredOption(AS, AS_TEXT)
      .requiredOption('--reason <text>', 'why')
      .addOption(urlOption())
      .addHelpText('after', BY_OPERATOR)
      .action(async (options: UserAction) =>
        (await import('./actions.ts')).actOnUser(action, options),
      )
}

export function addAdjustments(program: Command): void {
  for (const [name, path, text] of [
    ['goodwill', 'goodwill', 'Give credit for a bad call; it is never paid out'],
    ['waive', 'waivers', 'Waive all or part of a debt'],
  ] as const)
    program
      .command(name)
      .description(text)
      .requiredOption('--user <email or uuid>', 'the user')
      .requiredOption('--amount <naira>', 'amount in NGN', nairaOf)
      .requiredOption(AS, AS_TEXT)
      .requiredOption('--reason <text>', 'why')
      .option('--wallet <type>', 'call_credits or primary', 'call_credits')
      .option('--key <key>', 'idempotency key of an earlier command, to repeat it')
      .addOption(urlOption())
      .addHelpText('after', BY_MONEY_TOKEN)
      .action(async (options: AdjustOptions) =>
        (await import('./actions.ts')).adjust(path, options),
      )
}

export function addRefunds(program: Command): void {
  program
    .command('refund')
    .description('Refund a payment to its payer')
    .requiredOption('--payment <reference>', "our reference, Monnify's reference, or the UUID")
    .requiredOption('--amount <naira>', 'amount in NGN', nairaOf)
    .requiredOption(AS, AS_TEXT)
    .requiredOption('--reason <text>', 'why, in at most 64 characters')
    .option('--method <method>', 'monnify, or manual for a refund that you pay by hand', 'monnify')
    .option('--account <number>', 'another account to pay to; requires --bank')
    .option('--bank <code>', 'bank code of --account')
    .option('--key <key>', 'idempotency key of an earlier command, to repeat it')
    .addOption(urlOption())
    .addHelpText('after', BY_MONEY_TOKEN)
    .action(async (options: RefundOptions) => (await import('./actions.ts')).refund(options))
  program
    .command('decide-refund')
    .description('Decide a manual refund, or one that Monnify has not decided for three days')
    .requiredOption('--refund <uuid>', 'the refund')
    .requiredOption('--outcome <outcome>', 'completed or failed')
    .requiredOption('--evidence <text>', 'proof of the payment, or the reason why it was not made')
    .requiredOption(AS, AS_TEXT)
    .addOption(urlOption())
    .addHelpText('after', BY_MONEY_TOKEN)
    .action(async (options: DecisionOptions) =>
      (await import('./actions.ts')).decideRefund(options),
    )
}

export function addExceptions(program: Command): void {
  const exceptions = program
    .command('exceptions')
    .description('List exceptions that a person must look at; take, resolve or reopen one')
  exceptions
    .command('list', { isDefault: true })
    .description('List exceptions, the last recorded first')
    .option('--state <state>', 'open, taken or resolved', 'open')
    .option('--kind <kind>', 'only exceptions of this kind')
    .option('--json', 'print them as JSON')
    .addOption(urlOption())
    .addHelpText('after', BY_OPERATOR)
    .action(async (options: ListOptions) =>
      (await import('./exceptions.ts')).listExceptions(options),
    )
  for (const [action, text] of [
    ['take', 'Take an open exception'],
    ['resolve', 'Resolve an exception'],
    ['reopen', 'Open a taken or resolved exception again'],
  ] as const) {
    const command = exceptions
      .command(action)
      .description(text)
      .requiredOption('--kind <kind>', 'kind of the exception')
      .requiredOption('--subject <subject>', 'subject of the exception')
      .requiredOption(AS, AS_TEXT)
      .option('--note <text>', 'note to add')
    if (action === 'resolve') command.requiredOption('--resolution <text>', 'how it was resolved')
    command
      .addOption(urlOption())
      .addHelpText('after', BY_OPERATOR)
      .action(async (options: ChangeOptions) =>
        (await import('./exceptions.ts')).changeException(action, options),
      )
  }
}
