/** The text of docs/openapi.json that the app declares now. */
import { describedApp } from './described-app'
import { describeApi } from './document'

export const documentText = (): string =>
  `${JSON.stringify(describeApi(describedApp()), null, 2)}\n`
