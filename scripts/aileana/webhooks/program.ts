/** Commands of `npm run aileana -- webhooks`, for people who receive webhooks. */
import { Argument, type Command, InvalidArgumentError, Option } from 'commander'
import { EVENT_TYPES } from '../../../client/webhook-events.ts'
import { urlOption } from '../service-url.ts'
import type { EndpointOptions, ReplayOptions } from './endpoints.ts'
import type { ListenOptions } from './listen.ts'

const CREDENTIAL = `
The API key needs the scope endpoints:write. Without a key, the command logs in with AILEANA_EMAIL and AILEANA_PASSWORD,
or asks for them in a terminal.
Exit codes: 0 done, 1 failed, 2 wrong usage.`

function portOf(text: string): number {
  const port = Number(text)
  if (/^\d{1,5}$/.test(text) && port > 0 && port < 65_536) return port
  throw new InvalidArgumentError('It must be a port from 1 to 65535.')
}

function typesOf(text: string): readonly string[] {
  const types = text.split(',').map((type) => type.trim())
  const unknown = types.find((type) => !EVENT_TYPES.some((known) => known === type))
  if (unknown === undefined) return types
  throw new InvalidArgumentError(
    `"${unknown}" is not an event type. Types: ${EVENT_TYPES.join(', ')}.`,
  )
}

function numberOf(text: string): number {
  if (/^[1-9]\d{0,14}$/.test(text)) return Number(text)
  throw new InvalidArgumentError('It must be the number of an event, from 1.')
}

function eventOf(text: string): string {
  if (/^evt_[\da-f]{32}$/.test(text)) return text
  throw new InvalidArgumentError('It must be the ID of an event: evt_ and 32 hexadecimal digits.')
}

function uuidOf(text: string): string {
  if (/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i.test(text)) return text.toLowerCase()
  throw new InvalidArgumentError('It must be the UUID of an endpoint.')
}

function receiverOf(text: string): string {
  const url = URL.parse(text)
  if (url !== null && /^https?:$/.test(url.protocol)) return url.href
  throw new InvalidArgumentError('It must be a URL such as http://localhost:3000/webhooks.')
}

const keyOption = () =>
  new Option('--key <key>', 'API key (default: AILEANA_KEY of the environment or .dev.vars)')

const endpointOption = () =>
  new Option('--endpoint <uuid>', 'only this endpoint; all of the account without it').argParser(
    uuidOf,
  )

/** A replay has an event, or both ends of a range. */
function checkRange(_: Command, command: Command): void {
  const { from, to } = command.opts<ReplayOptions>()
  const isOne = command.args.length > 0
  if (isOne && (from !== undefined || to !== undefined))
    command.error('error: use the ID of an event, or --from and --to')
  if (!isOne && (from === undefined || to === undefined))
    command.error('error: use the ID of an event, or both --from and --to')
  if (from !== undefined && to !== undefined && to < from)
    command.error('error: --to must not be less than --from')
}

export function addWebhooks(program: Command): void {
  const webhooks = program
    .command('webhooks')
    .description('Receive, trigger and replay webhooks of this service')
    .helpCommand(false)
    .addHelpText('after', CREDENTIAL)
  webhooks
    .command('listen')
    .description('Receive the events of an account on this machine, verify and print them')
    .addOption(
      new Option('--port <port>', 'port of the receiver')
        .default(0, 'a free one')
        .argParser(portOf),
    )
    .addOption(new Option('--types <types>', 'event types, separated by commas').argParser(typesOf))
    .addOption(
      new Option('--forward-to <url>', 'send each event to your receiver, too').argParser(
        receiverOf,
      ),
    )
    .addOption(keyOption())
    .addOption(urlOption())
    .addHelpText('after', CREDENTIAL)
    .action(async (options: ListenOptions) => (await import('./listen.ts')).listen(options))
  webhooks
    .command('trigger')
    .description('Send a sample event to the endpoints, and print their responses')
    .addArgument(new Argument('<type>', 'type of the event').choices(EVENT_TYPES))
    .addOption(endpointOption())
    .addOption(keyOption())
    .addOption(urlOption())
    .addHelpText('after', CREDENTIAL)
    .action(async (type: string, options: EndpointOptions) =>
      (await import('./endpoints.ts')).trigger(type, options),
    )
  webhooks
    .command('replay')
    .description('Send events of the last 30 days to the endpoints again')
    .argument('[event]', 'ID of the event', eventOf)
    .addOption(new Option('--from <n>', 'number of the first event').argParser(numberOf))
    .addOption(new Option('--to <n>', 'number of the last event').argParser(numberOf))
    .addOption(endpointOption())
    .addOption(keyOption())
    .addOption(urlOption())
    .addHelpText('after', CREDENTIAL)
    .hook('preAction', checkRange)
    .action(async (event: string | undefined, options: ReplayOptions) =>
      (await import('./endpoints.ts')).replay(event, options),
    )
}
