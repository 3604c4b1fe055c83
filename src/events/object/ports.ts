/** Interfaces outside the stream object that it calls. `index.ts` binds them. */
import type { Seal } from '../../common/tokens/seal'
import type { EndpointNotice } from '../core/stream'

export interface StreamPorts {
  /** Sends a request to a receiver. */
  readonly fetch: (request: Request) => Promise<Response>
  /** Encrypts secrets of endpoints. */
  readonly seal: Seal
  /** Only in development: endpoints may use HTTP and loopback addresses. */
  readonly allowsLoopback: boolean
  /** Phone number of a call's recipient; null if it was erased. Throws if the wallet cannot be reached. */
  readonly recipientOf: (userUuid: string, callUuid: string) => Promise<string | null>
  /** Informs the owner that an endpoint was disabled. It is repeated until it succeeds, so it must be idempotent. */
  readonly informOwner: (notice: EndpointNotice) => Promise<void>
  /** Limits the time of a request; it returns a function that stops the timer. Replaced by tests and the simulation. */
  readonly startTimer?: (ms: number, run: () => void) => () => void
}
