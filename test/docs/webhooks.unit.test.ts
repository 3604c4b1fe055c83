import { describe, expect, it } from 'vitest'
import { EVENT_TYPES as CLIENT_TYPES } from '../../client/webhooks'
import { CATALOGUE, EVENT_TYPES } from '../../src/events/core/catalogue'
import { readText } from '../support/markdown'

const guide = readText('docs/webhooks.md')

/** Sentence and family of each type, as the table has them. */
const rows = [...guide.matchAll(/^\| `([a-z_]+\.[a-z_]+)`\s+\| (.+?)\s+\| (\w+)\s+\|$/gm)]

/** Fields of a family of data: `- **wallet**: `user_uuid`, …`. */
const fieldsOf = (family: string): string[] => {
  const [, list = ''] = new RegExp(`^- \\*\\*${family}\\*\\*: ([^]*?)\\.$`, 'm').exec(guide) ?? []
  return [...list.matchAll(/`(\w+)`/g)].map(([, field = '']) => field)
}

describe('the table of events in docs/webhooks.md', () => {
  it('has each type of the catalogue with its sentence', () => {
    expect(rows.map(([, type, sentence]) => [type, sentence])).toEqual(
      EVENT_TYPES.map((type) => [type, CATALOGUE[type].summary]),
    )
  })

  it.each(rows.map(([, type = '', , family = '']) => ({ type, family })))(
    '$type has the fields of the family $family',
    ({ type, family }) => {
      const { sample } = CATALOGUE[type as keyof typeof CATALOGUE]
      expect(fieldsOf(family)).toEqual(Object.keys(sample))
    },
  )

  it('has the types of the client', () => {
    expect(CLIENT_TYPES).toEqual(EVENT_TYPES)
  })
})
