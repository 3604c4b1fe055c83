/**
 * The Worker. With an invalid configuration it does not start in development. In production it starts, and
 * `/ready` reports the error; the wallets keep their alarms.
 */
import { env } from 'cloudflare:workers'
import { createApp } from './app'
import { RETIRED_SETTINGS, SETTINGS } from './config'
import { trimmed } from './common/settings/fields'
import { warnOfUnknownSettings } from './common/settings/unknown'
import { createDeps, type Deps } from './deps'
import { developmentParts } from './dev/parts'
import { createProbes } from './health/probes'
import { createUnconfigured } from './health/unconfigured'
import { createPaymentPoller } from './payments/poller-object'
import { pollPayment } from './payments/poll'
import { checkGatewayRefunds } from './payments/check'
import { sweepPayments } from './payments/sweep'
import { sweepRevocations } from './auth/revocation'
import { deliverMessages } from './mail/deliver'
import { deliverDueEvents } from './outbox/deliver'
import { auditByCron } from './operators/audit/audit-job'
import { sweepProposals } from './operators/proposals/execute'
import { freezeDisabledUsers } from './operators/customers/freeze'
import { computeBooks } from './operators/finance/books'
import { reconcileSettlements } from './operators/finance/settlements/service'
import { eraseAccounts } from './privacy/erase'
import { issueDueReceipts } from './receipts/issue'
import { sweepRefunds } from './refunds/pay'
import { applyRetention } from './retention/job'
import { presentEvent } from './calls/schemas'
import { presentMessage } from './rooms/schemas'
import { RoomObject } from './rooms/object/room-object'
import { createStreamOf } from './events/object/client'
import { StreamObject } from './events/object/stream-object'
import { WalletObject } from './wallets/object/durable-object'

export { Limiter } from './limits/limiter-object'
export { Numbers } from './receipts/numbers-object'
export { Tariffs } from './tariffs/tariffs-object'

function start(): { deps: () => Deps; app: Pick<ReturnType<typeof createApp>, 'fetch'> } {
  try {
    const deps = createDeps(env)
    return { deps: () => deps, app: createApp(deps) }
  } catch (error) {
    const simulates = 'MONNIFY_SIMULATOR' in env && trimmed(env.MONNIFY_SIMULATOR) === 'on'
    if (simulates && developmentParts()) throw error
    const deps = () => {
      throw error
    }
    return { deps, app: createUnconfigured(error, createProbes(env)) }
  }
}

const settings = Object.entries(env).filter(([, value]) => Object(value) !== value)
warnOfUnknownSettings(
  settings.map(([name]) => name),
  SETTINGS,
  RETIRED_SETTINGS,
)
const { deps, app } = start()

/** Period after a call for which its recipient is kept. With an invalid configuration, nothing is blanked. */
function calledNumbersMs(): number {
  try {
    return deps().calledNumbersMs
  } catch {
    return Infinity
  }
}

export class Wallet extends WalletObject {
  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env, {
      roomOf: (callUuid) => env.ROOM.getByName(callUuid),
      streamOf: createStreamOf(env.STREAM),
      hasDeploymentEvents: () =>
        'DEPLOYMENT_EVENTS' in env && trimmed(env.DEPLOYMENT_EVENTS) === 'on',
      calledNumbersMs,
    })
  }
}

export class Room extends RoomObject {
  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env, { presentEvent, presentMessage }, deps)
  }
}

export class Stream extends StreamObject {
  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env, () => deps().streamPorts)
  }
}

export class PaymentChase extends createPaymentPoller((reference) =>
  pollPayment(deps(), reference),
) {}

/** The trigger of wrangler.toml that only delivers events and messages, issues receipts and repeats revocations. */
const MAIL_CRON = '* * * * *'

export default {
  fetch: app.fetch,
  scheduled: async ({ cron }) => {
    await deliverDueEvents(deps())
    await deliverMessages(deps())
    await issueDueReceipts(deps())
    await sweepRevocations(deps())
    await sweepProposals(deps())
    if (cron === MAIL_CRON) return
    await applyRetention(deps())
    await eraseAccounts(deps())
    await freezeDisabledUsers(deps())
    await sweepRefunds(deps())
    await checkGatewayRefunds(deps())
    await sweepPayments(deps())
    await reconcileSettlements(deps())
    await computeBooks(deps())
    await auditByCron(deps())
  },
} satisfies ExportedHandler<Env>
