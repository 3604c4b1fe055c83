/** What is deployed, as it is built: small, without the simulator, and without a secret of the machine. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const ROOT = join(import.meta.dirname, '../..')
const folder = mkdtempSync(join(tmpdir(), 'aileana-bundle-'))

afterAll(() => rmSync(folder, { recursive: true, force: true }))

const read = (path: string) => readFileSync(path, 'utf8')

/** The values of this machine's `.dev.vars`, but for those that are words of the program. */
const localSecrets = () =>
  read(join(ROOT, '.dev.vars'))
    .split('\n')
    .flatMap((line) => /^\w+="?([^"]{8,})"?$/.exec(line)?.[1] ?? [])

const GZIP_LIMIT_BYTES = 220 * 1024

describe('the bundle', () => {
  let bundle = ''

  beforeAll(() => {
    const node = join(ROOT, 'node_modules/.bin/node')
    const wrangler = join(ROOT, 'node_modules/wrangler/bin/wrangler.js')
    const { NODE_ENV: _, ...environment } = process.env
    execFileSync(node, [wrangler, 'deploy', '--dry-run', '--outdir', folder], {
      cwd: ROOT,
      env: { ...environment, WRANGLER_SEND_METRICS: 'false' },
    })
    const scripts = readdirSync(folder).filter((name) => name.endsWith('.js'))
    expect(scripts).toHaveLength(1)
    bundle = scripts.map((name) => read(join(folder, name))).join('\n')
  }, 120_000)

  it('has none of the secrets that it was built beside, and no token or key', () => {
    const secrets = localSecrets()
    expect(secrets.length).toBeGreaterThanOrEqual(3)
    for (const secret of secrets) expect(bundle.includes(secret)).toBe(false)
    expect(/eyJ[\w-]{10,}\.eyJ|MK_TEST_|BEGIN \w+ KEY/.exec(bundle)?.[0]).toBeUndefined()
  })

  it('has no simulator in it', () => {
    expect(bundle).toContain('paymentReference')
    expect(/simulator_transactions|webhook_duplicate/.exec(bundle)?.[0]).toBeUndefined()
  })

  it('has at most 220 KiB, gzipped', () => {
    expect(gzipSync(bundle).length).toBeLessThan(GZIP_LIMIT_BYTES)
  })
})
