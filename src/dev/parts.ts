/** The place of what only development has. It is empty in a deployment. */
import type { consoleRoutes } from './console-routes'
import type { createSimulator } from './simulator/simulator'
import type { createSimulatorStore } from './simulator/store'

export interface DevelopmentParts {
  readonly consoleRoutes: typeof consoleRoutes
  readonly createSimulator: typeof createSimulator
  readonly createSimulatorStore: typeof createSimulatorStore
}

let installed: DevelopmentParts | undefined

export const install = (parts: DevelopmentParts): void => {
  installed = parts
}

export const developmentParts = (): DevelopmentParts | undefined => installed
