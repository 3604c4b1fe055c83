/** A receiver on this machine: it verifies each delivery, prints it, and may pass it on to another receiver. */
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { styleText } from 'node:util'
import { verifyWebhook, type WebhookEvent, WebhookError } from '../../../client/webhooks.ts'
import { fail } from '../../cli/program.ts'
import { messageOf, request as send } from '../request.ts'

const HOST = '127.0.0.1'
const MAX_BYTES = 64 * 1024
const FORWARD_MS = 20_000
const SIGNED = ['content-type', 'webhook-id', 'webhook-timestamp', 'webhook-signature']

export interface ReceiverOptions {
  readonly port: number
  readonly secret: () => string
  /** URL to which accepted deliveries are sent, unchanged. */
  readonly forwardTo?: string | undefined
  readonly print: (line: string) => void
}

export interface Receiver {
  readonly url: string
  readonly close: () => Promise<void>
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request) {
    bytes += (chunk as Buffer).length
    if (bytes > MAX_BYTES) break
    chunks.push(chunk as Buffer)
  }
  return Buffer.concat(chunks)
}

export const describe = ({ sequence, type, id, data }: WebhookEvent): string =>
  [
    `${styleText('cyan', sequence === null ? 'sample' : String(sequence))} ${type}`,
    styleText('dim', `${id} ${JSON.stringify(data)}`),
  ].join('  ')

/** @returns status of the other receiver's response; 502 without one */
async function forward(url: string, body: Buffer, from: IncomingMessage): Promise<number> {
  const headers = SIGNED.map((name) => [name, String(from.headers[name] ?? '')] as [string, string])
  try {
    const signal = AbortSignal.timeout(FORWARD_MS)
    const init = { method: 'POST', headers, body, redirect: 'manual', signal } as const
    const response = await send(new URL(url), init)
    await response.body?.cancel()
    return response.status
  } catch {
    return 502
  }
}

async function receive(
  { secret, forwardTo, print }: ReceiverOptions,
  request: IncomingMessage,
): Promise<number> {
  const body = await readBody(request)
  try {
    print(describe(verifyWebhook({ body, headers: request.headers, secrets: secret() })))
  } catch (error) {
    print(styleText('red', `rejected: ${messageOf(error)}`))
    return error instanceof WebhookError ? 400 : 500
  }
  if (forwardTo === undefined) return 204
  const status = await forward(forwardTo, body, request)
  print(`  → ${forwardTo}: ${status}`)
  return status
}

const listening = (server: Server, port: number): Promise<AddressInfo> =>
  new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, HOST, () => resolve(server.address() as AddressInfo))
  })

/** Starts the receiver; exits if the port is in use. @param options `port` 0 selects a free one */
export async function startReceiver(options: ReceiverOptions): Promise<Receiver> {
  const server = createServer((request, response) => {
    void receive(options, request).then((status) => response.writeHead(status).end())
  })
  const { port } = await listening(server, options.port).catch((error: unknown) =>
    fail(`The port ${options.port} cannot be used: ${messageOf(error)}`, 1),
  )
  return {
    url: `http://${HOST}:${port}/`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
