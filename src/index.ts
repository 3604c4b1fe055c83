/** The Worker. An unusable configuration throws here, so that it does not start. */
import { env } from 'cloudflare:workers'
import { createApp } from './app'
import { createDeps } from './deps'
import { sweepPayments } from './payments/settle'

export { Wallet } from './wallets/wallet-object'

const deps = createDeps(env)
const app = createApp(deps)

export default {
  fetch: app.fetch,
  scheduled: () => sweepPayments(deps),
} satisfies ExportedHandler<Env>
