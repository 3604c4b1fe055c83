import { expect, it } from 'vitest'
import { documentText } from '../../../scripts/openapi/declared'
import { readText } from '../../support/markdown'

it('docs/openapi.json matches the routes (`npm run openapi` writes it)', () => {
  expect(documentText()).toBe(readText('docs/openapi.json'))
})
