/** The Worker. An unusable configuration throws here, so that it does not start. */
import { env } from 'cloudflare:workers'
import { createApp } from './app'
import { createDeps } from './deps'
import { chaseObject } from './payments/chase-object'
import { chasePayment } from './payments/settle'
import { sweepPayments } from './payments/sweep'
import { presentEvent } from './calls/schemas'
import { WalletObject } from './wallets/wallet-object'

export { Limiter } from './limits/limit-object'

const deps = createDeps(env)
const app = createApp(deps)

export class Wallet extends WalletObject {
  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env, presentEvent)
  }
}

export class PaymentChase extends chaseObject((reference) => chasePayment(deps, reference)) {}

export default {
  fetch: app.fetch,
  scheduled: () => sweepPayments(deps),
} satisfies ExportedHandler<Env>
