/** Stands between the service and the relay, and can lose revocations. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { once } from 'node:events'

export interface RelayProxy {
  readonly url: string
  /** Answers revocations of these calls as successful, without forwarding them. */
  readonly dropped: Set<string>
  /** Instants of forwarded requests, by path. */
  readonly forwarded: { readonly path: string; readonly atMs: number }[]
  target: string
  close(): Promise<void>
}

export async function startRelayProxy(target: string): Promise<RelayProxy> {
  const dropped = new Set<string>()
  const forwarded: { path: string; atMs: number }[] = []
  const proxy = { target }
  async function pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = decodeURIComponent(request.url ?? '')
    const isDropped = path.endsWith('/revoke') && [...dropped].some((call) => path.includes(call))
    if (isDropped) {
      response.writeHead(204).end()
      return
    }
    const chunks: Uint8Array[] = []
    for await (const chunk of request) chunks.push(chunk as Uint8Array)
    const { authorization = '' } = request.headers
    const answer = await fetch(`${proxy.target}${request.url}`, {
      method: 'POST',
      headers: { authorization, 'content-type': 'application/json' },
      body: chunks.length > 0 ? Buffer.concat(chunks) : null,
    }).catch(() => new Response(null, { status: 502 }))
    forwarded.push({ path, atMs: Date.now() })
    response.writeHead(answer.status).end(new Uint8Array(await answer.arrayBuffer()))
  }
  const server = createServer((request, response) => void pass(request, response))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  return {
    url: `http://127.0.0.1:${port}`,
    dropped,
    forwarded,
    get target() {
      return proxy.target
    },
    set target(url) {
      proxy.target = url
    },
    close: async () => {
      server.close()
      server.closeAllConnections()
    },
  }
}
