/** Commands that change users or exceptions. */
import type { Command } from 'commander'
import type { UserAction } from './actions.ts'
import type { ChangeOptions, ListOptions } from './exceptions.ts'
import { BY_OPERATOR } from './operators/program.ts'
import { urlOption } from './service-url.ts'

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
      .requiredOption('--reason <text>', 'why')
      .addOption(urlOption())
      .addHelpText('after', BY_OPERATOR)
      .action(async (options: UserAction) =>
        (await import('./actions.ts')).actOnUser(action, options),
      )
}

export function addExceptions(program: Command): void {
  const exceptions = program
    .command('exceptions')
    .description('List exceptions that a person must look at; take, note, resolve or reopen one')
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
    ['note', 'Add a note to an exception'],
    ['resolve', 'Resolve an exception'],
    ['reopen', 'Open a taken or resolved exception again'],
  ] as const) {
    const command = exceptions
      .command(action)
      .description(text)
      .requiredOption('--kind <kind>', 'kind of the exception')
      .requiredOption('--subject <subject>', 'subject of the exception')
    if (action === 'note') command.requiredOption('--note <text>', 'note to add')
    else command.option('--note <text>', 'note to add')
    if (action === 'resolve') command.requiredOption('--resolution <text>', 'how it was resolved')
    command
      .addOption(urlOption())
      .addHelpText('after', BY_OPERATOR)
      .action(async (options: ChangeOptions) =>
        (await import('./exceptions.ts')).changeException(action, options),
      )
  }
}
