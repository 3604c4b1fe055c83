/** Part of the composition root: streams of events, their outbox in D1, and API keys. */
import { createSeal } from './common/tokens/seal'
import type { Config } from './config'
import { createStreamOf } from './events/object/client'
import type { StreamPorts } from './events/object/ports'

interface SharedParts {
  readonly env: Pick<Env, 'STREAM'>
  readonly config: Config
  readonly secrets: readonly [string, ...string[]]
  readonly isDevelopment: boolean
}

export function createEventDeps({ env, config, secrets, isDevelopment }: SharedParts) {
  const streamPorts: StreamPorts = {
    fetch: (request) => fetch(request),
    seal: createSeal('endpointSecret', secrets),
    allowsLoopback: isDevelopment,
    recipientOf: () => Promise.resolve(null),
    informOwner: () => Promise.resolve(),
  }
  return {
    streamOf: createStreamOf(env.STREAM),
    streamPorts,
    hasDeploymentEvents: config.DEPLOYMENT_EVENTS === 'on',
  }
}

export type EventParts = ReturnType<typeof createEventDeps>
