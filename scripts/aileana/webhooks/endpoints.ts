/** Actions on the account's endpoints: send a sample, and replay events. */
import { styleText } from 'node:util'
import { fail } from '../../cli/program.ts'
import { type Account, type AccountOptions, withAccount } from './account.ts'

export interface Endpoint {
  readonly uuid: string
  readonly url: string
  readonly status: 'enabled' | 'paused' | 'disabled'
}

interface Attempt {
  readonly status: number | null
  readonly fault: string | null
  readonly duration_ms: number
}

export interface EndpointOptions extends AccountOptions {
  readonly endpoint?: string
}

export interface ReplayOptions extends EndpointOptions {
  readonly from?: number
  readonly to?: number
}

const pathOf = ({ uuid }: Pick<Endpoint, 'uuid'>): string => `/endpoints/${uuid}`

/** The named endpoint, or all that are not disabled. */
async function chosen(account: Account, uuid: string | undefined): Promise<readonly Endpoint[]> {
  if (uuid !== undefined) return [await account.send<Endpoint>('GET', pathOf({ uuid }))]
  const all = await account.send<Endpoint[]>('GET', '/endpoints')
  const usable = all.filter(({ status }) => status !== 'disabled')
  if (usable.length > 0) return usable
  return fail(
    all.length === 0
      ? 'There is no endpoint. Start `npm run aileana -- webhooks listen`, or create one.'
      : 'Every endpoint is disabled. Enable one, or create another.',
    1,
  )
}

const isDelivered = ({ status }: Attempt): boolean =>
  status !== null && status >= 200 && status < 300

/** `204 after 12 ms`, or the fault. */
const outcomeOf = (attempt: Attempt): string => {
  const text = `${attempt.status ?? attempt.fault ?? 'no response'} after ${attempt.duration_ms} ms`
  return styleText(isDelivered(attempt) ? 'green' : 'yellow', text)
}

/** Sends a sample to each endpoint. Exits with 1 if a receiver did not accept it. */
export const trigger = (type: string, options: EndpointOptions): Promise<void> =>
  withAccount(options, async (account) => {
    let failed = 0
    for (const endpoint of await chosen(account, options.endpoint)) {
      const attempt = await account.send<Attempt>('POST', `${pathOf(endpoint)}/test`, { type })
      console.log(`${type} → ${endpoint.url}: ${outcomeOf(attempt)}`)
      if (!isDelivered(attempt)) failed += 1
    }
    if (failed > 0) fail(`${failed} of the deliveries failed.`, 1)
  })

/** Sends events again. @param event ID of one event; without it, the range of the options */
export const replay = (event: string | undefined, options: ReplayOptions): Promise<void> =>
  withAccount(options, async (account) => {
    const body = event === undefined ? { from: options.from, to: options.to } : { event }
    for (const endpoint of await chosen(account, options.endpoint)) {
      const path = `${pathOf(endpoint)}/replay`
      const { events } = await account.send<{ events: number }>('POST', path, body)
      console.log(`${events} ${events === 1 ? 'event is' : 'events are'} sent to ${endpoint.url}.`)
    }
  })
