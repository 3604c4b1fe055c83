/** A server that returns scripted responses, and keeps the requests. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, beforeEach } from 'vitest'

interface Asked {
  readonly method: string
  readonly path: string
  readonly token: string | undefined
  readonly key: string | undefined
  readonly body: unknown
}

type Answer = readonly [status: number, body?: object]

/** Responses are returned in order; then each request gets a 500. */
export function useScriptedService() {
  const asked: Asked[] = []
  let answers: Answer[] = []
  let url = ''
  const respond = async (request: IncomingMessage, response: ServerResponse) => {
    const { method = '', url: path = '', headers } = request
    const sent = await text(request)
    asked.push({
      method,
      path,
      token: headers.authorization?.replace('Bearer ', ''),
      key: headers['idempotency-key']?.toString(),
      body: sent === '' ? undefined : JSON.parse(sent),
    })
    const [status, body] = answers.shift() ?? [500, {}]
    response.writeHead(status).end(body && JSON.stringify(body))
  }
  const server = createServer((request, response) => void respond(request, response))
  beforeAll(
    () =>
      new Promise<void>((resolve) => {
        server.listen(0, '127.0.0.1', () => {
          const address = server.address()
          url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`
          resolve()
        })
      }),
  )
  beforeEach(() => {
    asked.length = 0
    answers = []
  })
  afterAll(() => server.close())
  return {
    asked,
    get url() {
      return url
    },
    returns(...next: readonly Answer[]): void {
      answers = [...next]
    },
  }
}
