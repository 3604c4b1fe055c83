/** Receives the account's events on this machine, through an endpoint that exists as long as the command runs. */
import { fail } from '../../cli/program.ts'
import { isLoopback } from '../request.ts'
import { type Account, type AccountOptions, withAccount } from './account.ts'
import type { Endpoint } from './endpoints.ts'
import { startReceiver } from './receiver.ts'

export interface ListenOptions extends AccountOptions {
  readonly port: number
  readonly types?: readonly string[]
  readonly forwardTo?: string
}

const DESCRIPTION = 'npm run aileana -- webhooks listen'

/** Resolves at Ctrl-C. */
const interrupted = (): Promise<void> =>
  new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve())
  })

async function receiveUntil(
  account: Account,
  { port, types, forwardTo }: ListenOptions,
  stopped: Promise<void>,
): Promise<void> {
  let secret = ''
  const print = (line: string) => console.log(line)
  const receiver = await startReceiver({ port, forwardTo, print, secret: () => secret })
  try {
    const body = { url: receiver.url, description: DESCRIPTION, ...(types && { types }) }
    const endpoint = await account.send<Endpoint & { secret: string }>('POST', '/endpoints', body)
    ;({ secret } = endpoint)
    print(`Receives ${types?.join(', ') ?? 'all events'} at ${receiver.url}. Ctrl-C ends it.`)
    if (forwardTo !== undefined) print(`Sends them to ${forwardTo}; their secret is ${secret}`)
    await stopped
    await account.send('DELETE', `/endpoints/${endpoint.uuid}`)
    print('The endpoint is removed.')
  } finally {
    await receiver.close()
  }
}

/** @param stopped resolves when the command must end */
export async function listen(options: ListenOptions, stopped = interrupted()): Promise<void> {
  if (!isLoopback(new URL(options.url).hostname))
    fail(
      `${options.url} cannot send to this machine. Read its events with \`GET /events\`, or create an endpoint with a public address.`,
    )
  await withAccount(options, (account) => receiveUntil(account, options, stopped))
}
