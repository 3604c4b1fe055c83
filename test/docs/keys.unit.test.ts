/** docs/keys.md has the scope of each route, and an example that the code accepts. */
import { expect, it } from 'vitest'
import document from '../../docs/openapi.json'
import { KEY_PATTERN, ownerOfKey } from '../../src/keys/key'
import { readText } from '../support/markdown'

const keys = readText('docs/keys.md')

/** Routes of the table by scope. A row without a scope continues the one before it. */
function documented(): Record<string, string[]> {
  const table: Record<string, string[]> = {}
  let scope = ''
  for (const [, named = '', route = ''] of keys.matchAll(
    /^\| (?:`(\w+:\w+)`)? +\| `([^`]+)` +\|$/gm,
  )) {
    scope = named || scope
    table[scope] = [...(table[scope] ?? []), route].toSorted()
  }
  return table
}

type Secured = { readonly security: readonly Readonly<Record<string, readonly string[]>>[] }

const declared = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods as unknown as Record<string, Secured>).flatMap(([method, { security }]) =>
    security
      .flatMap((one) => one['apiKey'] ?? [])
      .map((scope) => [scope, `${method.toUpperCase()} ${path}`] as const),
  ),
)

it('the table of scopes has the routes of the API document', () => {
  const routes = declared.filter(([scope]) => scope !== 'endpoints:write')
  for (const [scope, route] of routes) expect(documented()[scope], route).toContain(route)
  for (const [scope, listed] of Object.entries(documented()))
    if (scope !== 'events:read')
      expect(routes).toEqual(expect.arrayContaining(listed.map((route) => [scope, route])))
})

it('the example of a key has a right checksum, and the pattern for scanners finds it', () => {
  const [example = ''] = keys.match(/^aik_\S+$/m) ?? []
  expect(ownerOfKey(example)).toBeDefined()
  const [, pattern = ''] = /`(aik_\[[^`]+)`/.exec(keys) ?? []
  expect(new RegExp(`^${pattern}$`).test(example)).toBe(true)
  expect(KEY_PATTERN.test(example)).toBe(true)
})
