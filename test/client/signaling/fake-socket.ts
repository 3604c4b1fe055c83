/** Replaces `WebSocket` in tests. A test plays the server and the network. */
type Name = 'open' | 'message' | 'close' | 'error'

export class FakeSocket extends EventTarget {
  static readonly OPEN = 1
  readonly url: string
  readyState = 0
  readonly sent: string[] = []

  constructor(url: string) {
    super()
    this.url = url
  }

  send(data: string): void {
    if (this.readyState === 0) throw new Error('The socket is not open.')
    if (this.readyState === FakeSocket.OPEN) this.sent.push(data)
  }

  /** Closes without an event, as a socket does whose network is gone. */
  close(): void {
    this.readyState = 2
  }

  #dispatch(name: Name, fields: object = {}): void {
    this.dispatchEvent(Object.assign(new Event(name), fields))
  }

  opens(): void {
    this.readyState = FakeSocket.OPEN
    this.#dispatch('open')
  }

  receives(message: object | string): void {
    const data = typeof message === 'string' ? message : JSON.stringify(message)
    this.#dispatch('message', { data })
  }

  closes(code: number, reason = ''): void {
    this.readyState = 3
    this.#dispatch('close', { code, reason })
  }

  /** A connection that fails has both events. */
  fails(): void {
    this.readyState = 3
    this.#dispatch('error')
    this.#dispatch('close', { code: 1006, reason: '' })
  }
}
