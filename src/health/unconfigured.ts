/** What stands in for the service while its configuration is unusable. */
import { createBase } from '../common/base'
import { logError } from '../common/log'
import { healthRoutes, notReady } from './routes'

/** It runs, says that it is not ready, and refuses everything else alike, so that senders come again. */
export function createUnconfigured(error: unknown) {
  logError('configuration_unusable', error)
  const now = () => Date.now()
  const configuration = async () => {
    throw error
  }
  const app = createBase(now)
  app.route('/', healthRoutes({ probes: { configuration }, now, wait: (ms) => scheduler.wait(ms) }))
  app.notFound((c) => notReady(c, ['configuration']))
  return app
}
