/**
 * The simulated gateway and the console. Wrangler replaces NODE_ENV with `development` in `wrangler dev` and
 * with `production` in a deployment, whose bundle then contains nothing of this folder.
 * `scripts/build-pages.ts` rejects a deployment with another NODE_ENV.
 */
import { consoleRoutes } from './console-routes'
import { allowLiveReload } from './live-reload'
import { createSimulator } from './simulator/simulator'
import { createSimulatorStore } from './simulator/store'

const parts = { allowLiveReload, consoleRoutes, createSimulator, createSimulatorStore }

export const developmentParts = (): typeof parts | undefined =>
  process.env['NODE_ENV'] === 'development' ? parts : undefined
