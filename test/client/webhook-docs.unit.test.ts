import { Webhook } from 'standardwebhooks'
import { describe, expect, it } from 'vitest'
import { EVENT_TYPES } from '../../client/webhooks'
import { readText } from '../support/markdown'

const guide = readText('docs/webhooks.md')

/** `payment.completed` to its sentence and the family of its data, as the table has them. */
const rows = [...guide.matchAll(/^\| `([a-z_]+\.[a-z_]+)`\s+\| (.+?)\s+\| (\w+)\s+\|$/gm)]

describe('docs/webhooks.md', () => {
  it('shows the receiver that the tests run', () => {
    const [, shown] = /```ts\n([\s\S]*?)```/.exec(guide) ?? []
    expect(shown).toBe(readText('client/examples/receive-webhooks.ts'))
  })

  it('lists every type of the client, in its order', () => {
    expect(rows.map(([, type]) => type)).toEqual(EVENT_TYPES)
  })

  it('has signatures that are right', () => {
    const vectors = [
      ...guide.matchAll(
        /secret\s`(\S+)`,\sID\s`(\S+)`,\stimestamp\s`(\d+)`,\sbody\s+`([^`]+)`:\s+`(v1,\S+)`/g,
      ),
    ]
    expect(vectors).toHaveLength(2)
    for (const [, secret = '', id = '', seconds, body = '', signature] of vectors)
      expect(new Webhook(secret).sign(id, new Date(Number(seconds) * 1000), body)).toBe(signature)
  })
})
