/**
 * Parts for development: the simulated gateway and the console. `wrangler dev` and the tests load this
 * file, and nothing that is deployed imports it: the alias in wrangler.toml replaces a module that
 * wrangler imports in `dev` only. NODE_ENV would not do, for wrangler copies it from the shell of a
 * deployment as well.
 */
import { consoleRoutes } from './console-routes'
import { install } from './parts'
import { createSimulator } from './simulator/simulator'
import { createSimulatorStore } from './simulator/store'

install({ consoleRoutes, createSimulator, createSimulatorStore })
