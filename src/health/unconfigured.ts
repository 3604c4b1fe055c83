/** What stands in for the service while its configuration is unusable. */
import { createBaseApp } from '../http/base-app'
import { logError } from '../common/log'
import type { Probes } from './readiness'
import { healthRoutes, notReady } from './routes'

/**
 * It runs, says that it is not ready, and refuses everything else alike, so that senders come again.
 * @param probes of what else may fail, since a missing binding is an unusable configuration too
 */
export function createUnconfigured(error: unknown, probes: Probes = {}) {
  logError('configuration_unusable', error)
  const now = () => Date.now()
  const configuration = async () => {
    throw error
  }
  const app = createBaseApp(now)
  app.route(
    '/',
    healthRoutes({ probes: { configuration, ...probes }, now, wait: (ms) => scheduler.wait(ms) }),
  )
  app.notFound((c) => notReady(c, ['configuration']))
  return app
}
