/** The document that is kept, and served, is the one that the routes make up. */
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { describeApi } from '../../../scripts/openapi/document'
import { describedApp } from '../../support/described-app'

const KEPT = join(import.meta.dirname, '../../../docs/openapi.json')

it('docs/openapi.json is what the routes declare; if not, `npm run api` writes it', async () => {
  const text = `${JSON.stringify(describeApi(describedApp()), null, 2)}\n`
  await expect(text).toMatchFileSnapshot(KEPT)
})
