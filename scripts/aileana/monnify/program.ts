/** Commands of `npm run aileana -- monnify`, for people who integrate with Monnify. */
import { Argument, type Command, InvalidArgumentError, Option } from 'commander'
import { SCENARIOS } from '../../../src/dev/simulator/scenario.ts'
import { urlOption } from '../service-url.ts'
import { EVENT_TYPES } from './events.ts'
import type { ScenarioOptions, SecretOptions, TriggerOptions, UrlOptions } from './commands.ts'

function amountOf(text: string): number {
  const amount = Number(text)
  if (Number.isFinite(amount) && amount > 0) return amount
  throw new InvalidArgumentError('It must be a positive number of naira.')
}

function positionOf(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text)
  throw new InvalidArgumentError('It must be a whole number of at least 1.')
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
    .description('Make a payment at the simulated gateway that follows a scenario')
    .addArgument(new Argument('<name>', 'the way').choices(Object.keys(SCENARIOS)))
    .addOption(amountOption())
    .addOption(urlOption())
    .action(async (name: string, options: ScenarioOptions) =>
      (await load()).scenario(name, options),
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
    .description('Send and replay events, play scenarios, explain signatures and codes')
    .helpCommand(false)
    .addHelpText('after', '\nExit codes: 0 done, 1 failed, 2 wrong usage.')
  addSimulated(monnify)
  addOffline(monnify)
}
