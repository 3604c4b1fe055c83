/** Commands of `npm run aileana -- monnify`, for people who integrate with Monnify. */
import { Argument, type Command, InvalidArgumentError, Option } from 'commander'
import { NO_REFUND_FAULT, REFUND_FAULTS, SCENARIOS } from '../../../src/dev/simulator/scenario.ts'
import { urlOption } from '../service-url.ts'
import { EVENT_TYPES } from './events.ts'
import type { SecretOptions, TriggerOptions } from './commands.ts'
import type {
  DisputeOptions,
  RefundFaultOptions,
  RefundOptions,
  ReversalOptions,
} from './dashboard.ts'
import type { ScenarioOptions } from './scenario.ts'
import type { UrlOptions } from './sender.ts'

function amountOf(text: string): number {
  const amount = Number(text)
  if (Number.isFinite(amount) && amount > 0) return amount
  throw new InvalidArgumentError('It must be a positive number of naira.')
}

function positionOf(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text)
  throw new InvalidArgumentError('It must be a whole number of at least 1.')
}

function daysOf(text: string): number {
  const days = Number(text)
  if (text.trim() !== '' && days >= 0 && days <= 400) return days
  throw new InvalidArgumentError('It must be a number of days from 0 to 400.')
}

const amountOption = () =>
  new Option('--amount <naira>', 'amount of the payment').default(1000).argParser(amountOf)

const secretOption = () =>
  new Option(
    '--secret <secret>',
    "Monnify's client secret (default: MONNIFY_SECRET_KEY of the environment or .dev.vars)",
  )

const load = () => import('./commands.ts')

function addSimulated(monnify: Command): void {
  monnify
    .command('trigger')
    .description('Send a signed event to the service')
    .addArgument(new Argument('<event>', 'type of the event').choices(EVENT_TYPES))
    .option('--reference <reference>', 'reference of the payment', 'ord_7Q2M_a1')
    .addOption(amountOption())
    .addOption(secretOption())
    .addOption(urlOption())
    .action(async (event: string, options: TriggerOptions) =>
      (await load()).trigger(event, options),
    )
  monnify
    .command('replay')
    .description("Send one of the simulator's events again")
    .argument('<n>', 'position of the event, from 1, the newest', positionOf)
    .addOption(urlOption())
    .action(async (position: number, options: UrlOptions) =>
      (await load()).replay(position, options),
    )
  monnify
    .command('scenario')
    .description('Play a scenario of the simulated gateway, and print what happened')
    .addArgument(new Argument('<name>', 'name of the scenario').choices(Object.keys(SCENARIOS)))
    .option('--json', 'print payment, webhooks and verdict as JSON')
    .addOption(amountOption())
    .addOption(urlOption())
    .action(async (name: string, options: ScenarioOptions) =>
      (await import('./scenario.ts')).scenario(name, options),
    )
}

const daysOption = () =>
  new Option('--days <days>', 'days until the reversal takes effect').default(0).argParser(daysOf)

const paymentOption = () =>
  new Option('--payment <reference>', "our reference of the payment, or Monnify's")

/** Checks required options when the command runs, after unknown options were rejected. */
const requires =
  (...names: readonly string[]) =>
  (_: Command, command: Command): void => {
    for (const name of names)
      if (command.getOptionValue(name) === undefined)
        command.error(`error: required option '--${name}' not specified`)
  }

const loadDashboard = () => import('./dashboard.ts')

function addDashboard(monnify: Command): void {
  monnify
    .command('refund')
    .description("Refund a payment in the simulator's dashboard; the service does not order it")
    .addOption(paymentOption())
    .addOption(new Option('--amount <naira>', 'amount to refund').argParser(amountOf))
    .addOption(urlOption())
    .hook('preAction', requires('payment', 'amount'))
    .action(async (options: RefundOptions) => (await loadDashboard()).refund(options))
  monnify
    .command('reverse')
    .description('Reverse a payment at the simulated gateway, as the bank')
    .addOption(paymentOption())
    .addOption(daysOption())
    .addOption(urlOption())
    .hook('preAction', requires('payment'))
    .action(async (options: ReversalOptions) => (await loadDashboard()).reverse(options))
  monnify
    .command('dispute')
    .description('Dispute a payment, as the customer: a reversal that the merchant can win')
    .addOption(paymentOption())
    .addOption(daysOption())
    .option('--won', 'end the dispute: the merchant keeps the money')
    .addOption(urlOption())
    .hook('preAction', requires('payment'))
    .action(async (options: DisputeOptions) => (await loadDashboard()).dispute(options))
  monnify
    .command('settle')
    .description('Send a SETTLEMENT event with the paid transactions that are not settled yet')
    .addOption(urlOption())
    .action(async (options: UrlOptions) => (await loadDashboard()).settle(options))
  monnify
    .command('refund-fault')
    .description('Show or select the fault of future refunds that the service orders')
    .addArgument(
      new Argument('[fault]', 'the fault to select; without it, show the present one').choices(
        REFUND_FAULTS,
      ),
    )
    .addOption(
      new Option('--queries <n>', 'number of queries that report a refund as pending')
        .default(NO_REFUND_FAULT.queries)
        .argParser(positionOf),
    )
    .addOption(urlOption())
    .action(async (fault: string | undefined, options: RefundFaultOptions) =>
      (await loadDashboard()).refundFault(fault, options),
    )
}

function addOffline(monnify: Command): void {
  monnify
    .command('verify')
    .description('Verify the signature of a body, and explain a mismatch')
    .argument('<file>', 'file with the exact bytes of the body')
    .argument('<signature>', 'the monnify-signature header')
    .addOption(secretOption())
    .action(async (file: string, signature: string, options: SecretOptions) =>
      (await load()).verify(file, signature, options),
    )
  monnify
    .command('explain')
    .description('Explain a code, status or message of Monnify')
    .argument('<code...>', 'code, status or message')
    .action(async (words: string[]) => (await load()).explainCode(words.join(' ')))
}

export function addMonnify(program: Command): void {
  const monnify = program
    .command('monnify')
    .description('Play Monnify, send and replay its events, explain signatures and codes')
    .helpCommand(false)
    .addHelpText('after', '\nExit codes: 0 done, 1 failed, 2 wrong usage.')
  addSimulated(monnify)
  addDashboard(monnify)
  addOffline(monnify)
}
