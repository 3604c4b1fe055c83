/** Part of the composition root: streams of events, their outbox in D1, and API keys. */
import { waitUntil } from 'cloudflare:workers'
import type { DrizzleD1Database } from 'drizzle-orm/d1'
import { publicFetch } from './common/public-fetch'
import { createSeal } from './common/tokens/seal'
import type { Config } from './config'
import { createStreamOf } from './events/object/client'
import { openStream } from './events/service'
import { informOwner, type NoticeDeps } from './events/notices'
import type { StreamPorts } from './events/object/ports'
import { createKeyVerifier } from './keys/verify'
import { deliverEventsOf } from './outbox/deliver'
import { DEPLOYMENT, type StreamOwner } from './outbox/event'
import { createEventOutbox, type EventSink } from './outbox/store'
import type { WalletClient } from './wallets/object/client'
import { markStreamed, readRecipient } from './wallets/service'

interface SharedParts {
  readonly env: Pick<Env, 'STREAM'>
  readonly db: DrizzleD1Database
  readonly wallets: WalletClient
  readonly config: Config
  readonly secrets: readonly [string, ...string[]]
  readonly isDevelopment: boolean
  /** Read when an endpoint is disabled. */
  readonly notices: () => NoticeDeps
  readonly now: () => number
}

export function createEventDeps(parts: SharedParts) {
  const { env, wallets, config, secrets, isDevelopment, notices, now } = parts
  const streamPorts: StreamPorts = {
    fetch: (request) => publicFetch(request),
    seal: createSeal('endpointSecret', secrets),
    allowsLoopback: isDevelopment,
    recipientOf: (userUuid, callUuid) => readRecipient({ wallets }, userUuid, callUuid),
    informOwner: (notice) => informOwner(notices(), notice),
  }
  const hasDeploymentEvents = config.DEPLOYMENT_EVENTS === 'on'
  const streamOf = createStreamOf(env.STREAM)
  const eventOutbox = createEventOutbox(parts.db)
  const delivery = { eventOutbox, streamOf, now }
  const eventSink: EventSink = {
    hasDeploymentEvents,
    onStored: (userUuid) => {
      waitUntil(deliverEventsOf(delivery, userUuid))
      if (hasDeploymentEvents) waitUntil(deliverEventsOf(delivery, DEPLOYMENT))
    },
  }
  return {
    ...createKeyVerifier({ streamOf, now }),
    hasStream: (userUuid: string) => eventOutbox.hasStream(userUuid),
    openStream: (owner: StreamOwner) =>
      openStream(
        {
          streamOf,
          markStreamOpen: (userUuid, nowMs) => eventOutbox.openStream(userUuid, nowMs),
          markStreamed: (userUuid) => markStreamed({ wallets }, userUuid),
          now,
        },
        owner,
      ),
    streamOf,
    streamPorts,
    hasDeploymentEvents,
    eventOutbox,
    eventSink,
  }
}

export type EventParts = Readonly<ReturnType<typeof createEventDeps>>
