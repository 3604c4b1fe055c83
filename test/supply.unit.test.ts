import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'

const read = (path: string) => readFileSync(join(import.meta.dirname, '..', path), 'utf8')

interface Package {
  readonly dev?: boolean
  /** Package of this repository. */
  readonly link?: boolean
  readonly license?: string
  readonly integrity?: string
}

const { dependencies } = JSON.parse(read('package.json')) as {
  dependencies: Record<string, string>
}
const lock = JSON.parse(read('package-lock.json')) as { packages: Record<string, Package> }
const shipped = Object.entries(lock.packages).filter(
  ([path, { dev, link }]) => path.startsWith('node_modules/') && !dev && !link,
)

const PERMISSIVE = /^(MIT|ISC|Apache-2\.0|BSD-[23]-Clause|0BSD|Unlicense|MIT OR Apache-2\.0)$/

describe('a dependency', () => {
  it.each(shipped)(
    '%s has a permissive licence, and the lock file has its checksum',
    (_, { license, integrity }) => {
      expect(license).toMatch(PERMISSIVE)
      expect(integrity).toMatch(/^sha512-/)
    },
  )

  it('is pinned, and listed with its reason', () => {
    const security = read('SECURITY.md')
    for (const [name, version] of Object.entries(dependencies)) {
      expect(version, name).toMatch(/^\d+\.\d+\.\d+$/)
      expect(security, name).toContain(`| \`${name}\``)
    }
    expect(Object.keys(dependencies).length).toBeLessThanOrEqual(15)
  })
})

describe('the lock file', () => {
  it('has every platform of the runtime, so that `npm ci` works on each', () => {
    const runtimes = Object.keys(lock.packages).filter((path) =>
      path.includes('@cloudflare/workerd-'),
    )
    expect(runtimes).toHaveLength(5)
  })
})
