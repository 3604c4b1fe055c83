/** Text of docs/openapi.json as the app declares it. */
import { describedApp } from './described-app'
import { describeApi } from './document'

export const documentText = (): string =>
  `${JSON.stringify(describeApi(describedApp()), null, 2)}\n`
