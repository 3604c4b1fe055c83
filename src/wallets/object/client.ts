/** Calls wallet objects by name, and retries with a new stub after a temporary fault. */
import type { DurableObject } from 'cloudflare:workers'
import { objectName, type WalletName } from '../core/wallet'

const ATTEMPTS = 3

type Namespace = Env['WALLET']
type Wallet = Namespace extends DurableObjectNamespace<infer Class> ? Class : never
type Command = Exclude<keyof Wallet, keyof DurableObject>

/** Commands of the object over RPC, where each returns a promise. */
export type WalletStub = {
  readonly [Name in Command]: (
    ...args: Parameters<Wallet[Name]>
  ) => Promise<Awaited<ReturnType<Wallet[Name]>>>
}

/** The platform's stub type does not preserve the unions of results. */
export const walletStub = (namespace: Namespace, name: WalletName): WalletStub =>
  namespace.getByName(objectName(name))

export interface WalletClient {
  /**
   * Sends one command, and retries after a fault that the platform marks as retryable. A retry is safe:
   * calls, credits and transfers have their own ID, so a second delivery moves nothing.
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
