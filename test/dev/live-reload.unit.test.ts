import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { SCRIPT_HASH, withLiveReload } from '../../src/dev/live-reload'

const PROXY = '../../node_modules/wrangler/wrangler-dist/ProxyWorker.js'

it('the hash matches the script that the installed wrangler appends', () => {
  const source = readFileSync(join(import.meta.dirname, PROXY), 'utf8')
  const template = /<script defer type="application\/javascript">([^`]*)<\/script>/.exec(
    source,
  )?.[1]
  const script = template?.replaceAll(/\$\{(\w+)\}/g, (_, name: string) => {
    return new RegExp(`${name} = "([^"]*)"`).exec(source)?.[1] ?? name
  })
  const hash = createHash('sha256').update(script ?? '')
  expect(hash.digest('base64')).toBe(SCRIPT_HASH)
})

it.each([
  [
    "default-src 'none'; script-src 'self'; connect-src 'self'",
    `default-src 'none'; script-src 'self' 'sha256-${SCRIPT_HASH}'; connect-src 'self'`,
  ],
  [
    "script-src 'self'; form-action *",
    `script-src 'self' 'sha256-${SCRIPT_HASH}'; form-action *; connect-src 'self'`,
  ],
])('the policy %s becomes %s', (policy, expected) => {
  expect(withLiveReload(policy)).toBe(expected)
})
