/**
 * The parts for development: the simulated gateway and the console. Wrangler replaces NODE_ENV by
 * `development` in `wrangler dev` and by `production` in a deployment, where nothing of this folder is
 * then left in the bundle. `scripts/build-pages.ts` stops a deployment whose shell has another NODE_ENV.
 */
import { consoleRoutes } from './console-routes'
import { allowLiveReload } from './live-reload'
import { createSimulator } from './simulator/simulator'
import { createSimulatorStore } from './simulator/store'

const parts = { allowLiveReload, consoleRoutes, createSimulator, createSimulatorStore }

export const developmentParts = (): typeof parts | undefined =>
  process.env['NODE_ENV'] === 'development' ? parts : undefined
