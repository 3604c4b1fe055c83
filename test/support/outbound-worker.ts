/** Worker that sends deliveries with the code of the service through one of the runtime's networks. */
import { send } from '../../src/events/object/sender'

type Networks = Readonly<Record<string, Fetcher>>

const letter = (url: string) => ({
  url,
  headers: { 'webhook-id': 'evt_1', 'webhook-timestamp': '1', 'webhook-signature': 'v1,a' },
  body: '{}',
})

/** Loopback addresses are allowed, so that only the network can refuse them. */
const portsOf = (network: Fetcher) => ({
  fetch: (request: Request) => network.fetch(request),
  allowsLoopback: true,
  seal: { seal: () => Promise.resolve(''), open: () => Promise.resolve(undefined) },
  recipientOf: () => Promise.resolve(null),
  informOwner: () => Promise.resolve(),
})

async function statusOf(network: Fetcher, url: string): Promise<number | null> {
  try {
    return (await network.fetch(url, { method: 'POST', redirect: 'manual' })).status
  } catch {
    return null
  }
}

// oxlint-disable-next-line import/no-default-export -- the runtime needs it
export default {
  /** Sends to `?url` through `?network`. With `?unchecked` the address is not checked before. */
  async fetch(request: Request, networks: Networks): Promise<Response> {
    const { searchParams } = new URL(request.url)
    const network = networks[searchParams.get('network') ?? '']
    const url = searchParams.get('url') ?? ''
    if (!network) return new Response(null, { status: 400 })
    if (searchParams.has('unchecked'))
      return Response.json({ status: await statusOf(network, url) })
    return Response.json(await send(portsOf(network), letter(url)))
  },
}
