import { expect, it } from 'vitest'
import { documentText } from '../../../scripts/openapi/declared'
import { readText } from '../../support/markdown'

it('docs/openapi.json is what the app declares; if not, `npm run openapi` writes it', () => {
  expect(documentText()).toBe(readText('docs/openapi.json'))
})
