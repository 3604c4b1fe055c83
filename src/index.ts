/**
 * The Worker. With an unusable configuration it does not start in development. In production, where
 * a start is nobody's to watch, it says so at `/ready`, and its wallets keep their alarms.
 */
import { env } from 'cloudflare:workers'
import { createApp } from './app'
import { createDeps, type Deps } from './deps'
import { createUnconfigured } from './health/unconfigured'
import { chaseObject } from './payments/chase-object'
import { pollPayment } from './payments/poll'
import { sweepPayments } from './payments/sweep'
import { presentEvent } from './calls/schemas'
import { WalletObject } from './wallets/wallet-object'

export { Limiter } from './limits/limit-object'

function start(): { deps: () => Deps; app: Pick<ReturnType<typeof createApp>, 'fetch'> } {
  try {
    const deps = createDeps(env)
    return { deps: () => deps, app: createApp(deps) }
  } catch (error) {
    if ('MONNIFY_SIMULATOR' in env && env.MONNIFY_SIMULATOR === 'on') throw error
    const deps = () => {
      throw error
    }
    return { deps, app: createUnconfigured(error) }
  }
}

const { deps, app } = start()

export class Wallet extends WalletObject {
  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env, presentEvent)
  }
}

export class PaymentChase extends chaseObject((reference) => pollPayment(deps(), reference)) {}

export default {
  fetch: app.fetch,
  scheduled: () => sweepPayments(deps()),
} satisfies ExportedHandler<Env>
