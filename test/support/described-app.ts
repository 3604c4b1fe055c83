/** The app with nothing behind it: enough to say what it has. */
import { createApp } from '../../src/app'
import type { Deps } from '../../src/deps'

/** What routes are told of is not asked while they are only described. */
export const describedApp = () =>
  createApp({
    policies: {},
    allowedOrigins: [],
    webhookIps: [],
    operatorToken: 'for the route to be there',
  } as unknown as Deps)
