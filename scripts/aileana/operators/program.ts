/** Commands of operators' accounts and of the amounts that they move. */
import { type Command, InvalidArgumentError, Option } from 'commander'
import { urlOption } from '../service-url.ts'
import type { BootstrapOptions } from './invitation.ts'
import type {
  AdjustOptions,
  CorrectOptions,
  DecideOptions,
  DecisionOptions,
  ListProposalsOptions,
  RefundOptions,
} from './proposals.ts'
import type { KeyOptions } from './sessions.ts'

/** For the help of commands that need an operator. */
export const AS_OPERATOR = `
Log in first with \`npm run aileana -- log-in\`. A job that only reads can set OPERATOR_KEY in the environment.`

const EXIT_CODES = '\nExit codes: 0 done, 1 not found, 2 refused or failed.'
export const BY_OPERATOR = `${AS_OPERATOR}${EXIT_CODES}`
const BY_SESSION = `
Log in first with \`npm run aileana -- log-in\`; a key cannot do this.${EXIT_CODES}`
const BY_PASSWORD = `
Without a terminal, OPERATOR_EMAIL, OPERATOR_PASSWORD and OPERATOR_CODE are read from the environment.
Exit codes: 0 done, 2 refused or failed.`
const BY_SECRET = `
OPERATOR_BOOTSTRAP_SECRET is read from the environment or, for this machine, from .dev.vars. It works once.
Exit codes: 0 done, 2 refused or failed.`

const MAX_KEY_DAYS = 90

interface UrlOptions {
  readonly url: string
}

function nairaOf(text: string): number {
  const amount = Number(text)
  if (!/^\d+(\.\d{1,2})?$/.test(text) || amount <= 0)
    throw new InvalidArgumentError('It must be an amount in NGN, such as 150 or 99.50.')
  return amount
}

function daysOf(text: string): number {
  const days = Number(text)
  if (!/^\d+$/.test(text) || days < 1 || days > MAX_KEY_DAYS)
    throw new InvalidArgumentError(`It must be a whole number from 1 to ${MAX_KEY_DAYS}.`)
  return days
}

function uuidOf(text: string): string {
  if (!/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i.test(text))
    throw new InvalidArgumentError('It must be a UUID.')
  return text.toLowerCase()
}

function hashOf(text: string): string {
  if (!/^[\da-f]{64}$/.test(text))
    throw new InvalidArgumentError('It must be the hash of the proposal: 64 hexadecimal digits.')
  return text
}

export function addSessions(program: Command): void {
  program
    .command('log-in')
    .description('Log in as an operator with password and code; the session is kept in a file')
    .addOption(urlOption())
    .addHelpText('after', BY_PASSWORD)
    .action(async ({ url }: UrlOptions) => (await import('./sessions.ts')).logIn(url))
  program
    .command('log-out')
    .description("End the operator's session")
    .addOption(urlOption())
    .addHelpText('after', '\nExit codes: 0 done, 2 failed.')
    .action(async ({ url }: UrlOptions) => (await import('./sessions.ts')).logOut(url))
  program
    .command('create-key')
    .description('Create a key for a job that only reads, such as an audit every night')
    .requiredOption('--name <text>', 'name of the job')
    .option('--days <days>', `lifetime, at most ${MAX_KEY_DAYS}`, daysOf, MAX_KEY_DAYS)
    .addOption(urlOption())
    .addHelpText('after', BY_SESSION)
    .action(async (options: KeyOptions) => (await import('./sessions.ts')).createKey(options))
}

export function addInvitations(program: Command): void {
  program
    .command('bootstrap')
    .description('Invite the first admin of a deployment, or recover the last one')
    .requiredOption('--email <email>', 'e-mail address of the admin')
    .requiredOption('--name <name>', 'name of the admin')
    .option('--accept', 'accept the invitation at once; only for a service on this machine')
    .addOption(urlOption())
    .addHelpText('after', BY_SECRET)
    .action(async (options: BootstrapOptions) =>
      (await import('./invitation.ts')).bootstrap(options),
    )
  program
    .command('accept')
    .description('Accept an invitation with a password and an authenticator app')
    .argument('<link>', 'link of the invitation')
    .addOption(urlOption())
    .addHelpText('after', BY_PASSWORD)
    .action(async (link: string, { url }: UrlOptions) =>
      (await import('./invitation.ts')).accept(link, url),
    )
}

const KEY = ['--key <key>', 'idempotency key of an earlier command, to repeat it'] as const

const amountCommand = (program: Command, name: string, description: string): Command =>
  program
    .command(name)
    .description(description)
    .requiredOption('--amount <naira>', 'amount in NGN', nairaOf)
    .requiredOption('--reason <text>', 'why')
    .option(...KEY)
    .addOption(urlOption())
    .addHelpText('after', BY_SESSION)

const walletCommand = (program: Command, name: string, description: string): Command =>
  amountCommand(program, name, description)
    .requiredOption('--user <email or uuid>', 'the user')
    .option('--wallet <type>', 'call_credits or primary', 'call_credits')

export function addAmounts(program: Command): void {
  amountCommand(program, 'refund', 'Refund a payment to its payer')
    .requiredOption('--payment <reference>', "our reference, Monnify's reference, or the UUID")
    .option('--method <method>', 'monnify, or manual for a refund that you pay by hand', 'monnify')
    .option('--account <number>', 'another account to pay to; requires --bank')
    .option('--bank <code>', 'bank code of --account')
    .action(async (options: RefundOptions) => (await import('./proposals.ts')).refund(options))
  walletCommand(program, 'goodwill', 'Give credit for a bad call; it is never paid out').action(
    async (options: AdjustOptions) => (await import('./proposals.ts')).adjust('goodwill', options),
  )
  walletCommand(program, 'waive-debt', 'Waive all or part of a debt').action(
    async (options: AdjustOptions) =>
      (await import('./proposals.ts')).adjust('debt_waiver', options),
  )
  walletCommand(program, 'correct', 'Correct the balance of a wallet, never below zero')
    .addOption(
      new Option('--direction <direction>', 'credit adds, debit removes')
        .choices(['credit', 'debit'])
        .makeOptionMandatory(),
    )
    .action(async (options: CorrectOptions) => (await import('./proposals.ts')).correct(options))
}

export function addDecisions(program: Command): void {
  program
    .command('proposals')
    .description('List proposals of operators, with the hashes that an approval names')
    .option(
      '--state <state>',
      'pending, approved, executed, rejected, withdrawn or refused',
      'pending',
    )
    .option('--json', 'print them as JSON')
    .addOption(urlOption())
    .addHelpText('after', BY_OPERATOR)
    .action(async (options: ListProposalsOptions) =>
      (await import('./proposals.ts')).listProposals(options),
    )
  const decide = (name: 'approve' | 'reject' | 'withdraw', description: string): Command =>
    program
      .command(name)
      .description(description)
      .argument('<uuid>', 'the proposal', uuidOf)
      .addOption(urlOption())
      .addHelpText('after', BY_SESSION)
      .action(async (uuid: string, options: DecideOptions) =>
        (await import('./proposals.ts')).decideProposal(name, uuid, options),
      )
  const HASH = ['--hash <hash>', 'hash of the proposal that you read', hashOf] as const
  decide('approve', "Approve another operator's proposal, and move its amount").requiredOption(
    ...HASH,
  )
  decide('reject', "Reject another operator's proposal")
    .requiredOption(...HASH)
    .requiredOption('--reason <text>', 'why')
  decide('withdraw', 'Withdraw your own proposal')
  program
    .command('decide-refund')
    .description('Decide a manual refund, or one that Monnify has not decided for three days')
    .requiredOption('--refund <uuid>', 'the refund', uuidOf)
    .requiredOption('--outcome <outcome>', 'completed or failed')
    .requiredOption('--evidence <text>', 'proof of the payment, or the reason why it was not made')
    .addOption(urlOption())
    .addHelpText('after', BY_SESSION)
    .action(async (options: DecisionOptions) =>
      (await import('./proposals.ts')).decideRefund(options),
    )
}
