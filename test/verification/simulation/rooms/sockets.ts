/** WebSockets between a client and an object, in memory. Pings are answered by the platform. */

export interface ClientEnd {
  readonly onMessage: (text: string) => void
  readonly onClose: (code: number) => void
}

/** The object's end. It stays with the object until the client closes it too. */
export class ServerSocket {
  #attachment: string | undefined
  isClosed = false
  lastPingMs: number | null = null
  client: ClientEnd = { onMessage: () => {}, onClose: () => {} }

  get lastPing(): Date | null {
    return this.lastPingMs === null ? null : new Date(this.lastPingMs)
  }

  serializeAttachment(attachment: unknown): void {
    this.#attachment = JSON.stringify(attachment)
  }

  deserializeAttachment(): unknown {
    return this.#attachment === undefined ? null : JSON.parse(this.#attachment)
  }

  send(text: string): void {
    if (this.isClosed) throw new TypeError('the socket is closed')
    this.client.onMessage(text)
  }

  close(code: number): void {
    if (this.isClosed) return
    this.isClosed = true
    this.client.onClose(code)
  }
}

/** The client's end is the same object, so that the test can reach the object's end through a response. */
class WebSocketPair {
  readonly 0: ServerSocket
  readonly 1: ServerSocket

  constructor() {
    this[0] = this[1] = new ServerSocket()
  }
}

const NodeResponse = globalThis.Response

class UpgradeResponse extends NodeResponse {
  override readonly webSocket: WebSocket | null

  constructor(body?: BodyInit | null, init: ResponseInit = {}) {
    super(body, init.status === 101 ? { ...init, status: 200 } : init)
    this.webSocket = init.webSocket ?? null
  }
}

/** Adds the platform's sockets to the globals. @returns how to restore them */
export function installSockets(
  isExpected: (error: unknown) => boolean,
  report: (error: unknown) => void,
) {
  const listeners = process.listeners('unhandledRejection')
  process.removeAllListeners('unhandledRejection')
  process.on('unhandledRejection', (error) => {
    if (!isExpected(error)) report(error)
  })
  Object.assign(globalThis, { WebSocketPair, Response: UpgradeResponse })
  return () => {
    process.removeAllListeners('unhandledRejection')
    for (const listener of listeners) process.on('unhandledRejection', listener)
    Reflect.deleteProperty(globalThis, 'WebSocketPair')
    globalThis.Response = NodeResponse
  }
}
