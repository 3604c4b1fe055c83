/** The app that runs while the configuration is invalid. */
import { createBaseApp } from '../http/base-app'
import { logError } from '../common/log'
import type { Probes } from './readiness'
import { healthRoutes, notReady } from './routes'

/**
 * `/ready` reports the failure, and every other request gets a 503, so that senders retry.
 * @param probes further parts to report, because a missing binding is an invalid configuration too
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
    healthRoutes({
      probes: { configuration, ...probes },
      now,
      wait: (ms) => scheduler.wait(ms),
      lastAuditAtMs: async () => null,
    }),
  )
  app.notFound((c) => notReady(c, ['configuration']))
  return app
}
