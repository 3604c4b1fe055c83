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

const GZIP_LIMIT_BYTES = 230 * 1024
const IN_DEVELOPMENT_ONLY = /simulator_transactions|webhook_duplicate|AIleana console/

/** The bundle of a deployment whose shell has such a NODE_ENV. */
function build(nodeEnv?: string): string {
  const outdir = join(folder, nodeEnv ?? 'unset')
  const node = join(ROOT, 'node_modules/.bin/node')
  const wrangler = join(ROOT, 'node_modules/wrangler/bin/wrangler.js')
  const { NODE_ENV: _, ...environment } = process.env
  execFileSync(node, [wrangler, 'deploy', '--dry-run', '--outdir', outdir], {
    cwd: ROOT,
    env: { ...environment, ...(nodeEnv && { NODE_ENV: nodeEnv }), WRANGLER_SEND_METRICS: 'false' },
  })
  const scripts = readdirSync(outdir).filter((name) => name.endsWith('.js'))
  expect(scripts).toHaveLength(1)
  return scripts.map((name) => read(join(outdir, name))).join('\n')
}

describe('the bundle', () => {
  let bundle = ''

  beforeAll(() => {
    bundle = build()
  }, 120_000)

  it('has none of the secrets that it was built beside, and no token or key', () => {
    const secrets = localSecrets()
    expect(secrets.length).toBeGreaterThanOrEqual(3)
    for (const secret of secrets) expect(bundle.includes(secret)).toBe(false)
    expect(/eyJ[\w-]{10,}\.eyJ|MK_TEST_|BEGIN \w+ KEY/.exec(bundle)?.[0]).toBeUndefined()
  })

  it('has no simulator and no console in it', () => {
    expect(bundle).toContain('paymentReference')
    expect(IN_DEVELOPMENT_ONLY.exec(bundle)?.[0]).toBeUndefined()
  })

  it.each(['development', 'test'])(
    'has no simulator and no console in it under NODE_ENV=%s',
    (nodeEnv) => {
      expect(IN_DEVELOPMENT_ONLY.exec(build(nodeEnv))?.[0]).toBeUndefined()
    },
    120_000,
  )

  it('has at most 230 KiB, gzipped', () => {
    expect(gzipSync(bundle).length).toBeLessThan(GZIP_LIMIT_BYTES)
  })
})
