/** The part of a WebSocket that this package uses, so that it needs neither the types of browsers nor of Node. */

interface SocketEvents {
  readonly open: object
  readonly message: { readonly data: unknown }
  readonly close: { readonly code: number; readonly reason: string }
  readonly error: object
}

export interface Socket {
  readonly readyState: number
  send(text: string): void
  close(): void
  addEventListener<Type extends keyof SocketEvents>(
    type: Type,
    listener: (event: SocketEvents[Type]) => void,
  ): void
}

/** `WebSocket` of browsers, Workers and Node 22, or the class of the package `ws`. */
export type SocketClass = new (url: string) => Socket

/** WebSocket.OPEN */
export const SOCKET_OPEN = 1

/** @throws if the runtime has no `WebSocket` and none was given */
export function socketClass(given: SocketClass | undefined): SocketClass {
  const found = given ?? (globalThis as { WebSocket?: SocketClass }).WebSocket
  if (found) return found
  throw new Error('This runtime has no WebSocket. Pass a class, such as that of the package ws.')
}
