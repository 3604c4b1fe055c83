/** How the Worker reaches a wallet object: by name, again with a fresh stub after a passing fault. */
import type { DurableObject } from 'cloudflare:workers'
import { currentRequestId } from '../../common/log'
import { ok, type Refusal, type Result } from '../../common/result'
import { objectName, type WalletName } from '../core/wallet'
import type { Ticket } from './idempotency-store'
import type { Subscription } from './subscribers'

const ATTEMPTS = 3

type Namespace = Env['WALLET']
type Wallet = Namespace extends DurableObjectNamespace<infer Class> ? Class : never
type Command = Exclude<keyof Wallet, keyof DurableObject>

/** The object's commands as they are over RPC: the same, but for promises. */
export type WalletStub = {
  readonly [Name in Command]: (
    ...args: Parameters<Wallet[Name]>
  ) => Promise<Awaited<ReturnType<Wallet[Name]>>>
}

/** The platform's own type of a stub loses the unions that results are. */
export const walletStub = (namespace: Namespace, name: WalletName): WalletStub =>
  namespace.getByName(objectName(name))

export interface WalletClient {
  /**
   * Sends one command to a wallet, again after a fault that the platform calls retryable: calls,
   * receipts and transfers carry their own id, and an answer that comes twice is a conflict that
   * moves nothing.
   */
  send<T>(name: WalletName, command: (wallet: WalletStub) => Promise<T>): Promise<T>
}

const isRetryable = (error: unknown): boolean =>
  error instanceof Error &&
  'retryable' in error &&
  error.retryable === true &&
  !('overloaded' in error && error.overloaded === true)

export const createWalletClient = (namespace: Namespace): WalletClient => ({
  async send(name, command) {
    for (let attempt = 1; ; attempt++) {
      try {
        return await command(walletStub(namespace, name))
      } catch (error) {
        if (attempt === ATTEMPTS || !isRetryable(error)) throw error
      }
    }
  },
})

export interface SubscriptionRequest {
  readonly watch: Subscription
  readonly ticket: Ticket
  readonly requestId?: string | undefined
}

const WATCH_HEADER = 'X-Watch'

/** What the object is asked for with `subscribeToWallet`. */
export const readSubscriptionRequest = (request: Request): SubscriptionRequest =>
  JSON.parse(decodeURIComponent(request.headers.get(WATCH_HEADER) ?? '')) as SubscriptionRequest

/** Opens a socket to a wallet. Refuses `invalid_ticket` for one that was used, and `unauthenticated`. */
export type SubscribeToWallet = (
  name: WalletName,
  request: SubscriptionRequest,
) => Promise<Result<WebSocket>>

export const createSubscribeToWallet =
  (namespace: Namespace): SubscribeToWallet =>
  async (name, request) => {
    const answer = await namespace.getByName(objectName(name)).fetch('https://wallet/', {
      headers: {
        Upgrade: 'websocket',
        [WATCH_HEADER]: encodeURIComponent(
          JSON.stringify({
            ...request,
            requestId: currentRequestId(),
          } satisfies SubscriptionRequest),
        ),
      },
    })
    if (answer.webSocket) return ok(answer.webSocket)
    return { ok: false, refusal: await answer.json<Refusal>() }
  }
