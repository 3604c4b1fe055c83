/** The deployed bundle is small, and contains neither development parts nor local secrets. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const ROOT = join(import.meta.dirname, '../..')
const MAIN = 'index.js'
const LIBRARY = 'library.mjs'
const folder = mkdtempSync(join(tmpdir(), 'aileana-bundle-'))

afterAll(() => rmSync(folder, { recursive: true, force: true }))

const read = (path: string) => readFileSync(path, 'utf8')

/** Values in this machine's `.dev.vars`. The program may contain shorter ones, such as `on`. */
const localSecrets = () =>
  read(join(ROOT, '.dev.vars'))
    .split('\n')
    .flatMap((line) => /^\w+="?([^"]{8,})"?$/.exec(line)?.[1] ?? [])

const GZIP_LIMIT_BYTES = 390 * 1024
const FOR_DEVELOPMENT =
  /simulator_(?:transactions|receivers)|webhook_duplicate|console\/index\.html|simulator\/index\.html|live-reload/

/** Builds a deployment in a shell with this NODE_ENV. @returns the modules by name */
function build(nodeEnv?: string): Map<string, string> {
  const outdir = join(folder, nodeEnv ?? 'unset')
  const node = join(ROOT, 'node_modules/.bin/node')
  const wrangler = join(ROOT, 'node_modules/wrangler/bin/wrangler.js')
  const { NODE_ENV: _, ...environment } = process.env
  execFileSync(node, [wrangler, 'deploy', '--dry-run', '--outdir', outdir], {
    cwd: ROOT,
    env: { ...environment, ...(nodeEnv && { NODE_ENV: nodeEnv }), WRANGLER_SEND_METRICS: 'false' },
    stdio: 'pipe',
  })
  const names = readdirSync(outdir).filter((name) => /\.m?js$/.test(name))
  return new Map(names.map((name) => [name, read(join(outdir, name))]))
}

describe('the bundle', () => {
  let modules = new Map<string, string>()
  let all = ''

  beforeAll(() => {
    modules = build()
    all = [...modules.values()].join('\n')
  }, 120_000)

  it('contains no secret of the machine that built it, and no token or key', () => {
    const secrets = localSecrets()
    expect(secrets.length).toBeGreaterThanOrEqual(3)
    for (const secret of secrets) expect(all.includes(secret)).toBe(false)
    expect(/eyJ[\w-]{10,}\.eyJ|MK_TEST_|BEGIN \w+ KEY/.exec(all)?.[0]).toBeUndefined()
  })

  it('contains no simulator and no console', () => {
    expect(all).toContain('paymentReference')
    expect(FOR_DEVELOPMENT.exec(all)?.[0]).toBeUndefined()
  })

  it.each(['development', 'test'])(
    'is not built with NODE_ENV=%s, which would add the simulators',
    (nodeEnv) => {
      expect(() => build(nodeEnv)).toThrow(`With NODE_ENV=${nodeEnv}`)
    },
    120_000,
  )

  it("contains only zod's English locale and no JSON Schema reader: the alias works", () => {
    expect(all).toContain('Invalid input: expected')
    /** Words of the German, French and Spanish messages, and of the JSON Schema reader. */
    for (const words of ['erwartet', ' attendu', 'se esperaba', 'only local refs'])
      expect(all, words).not.toContain(words)
    expect(all).toContain('fromJSONSchema is not part of this bundle')
  })

  it('does not contain the OpenAPI document, which is an asset, nor its generator', () => {
    expect(all).not.toMatch(/"?openapi"?: ?"3\.1/)
    expect(all).toContain('the generator of the OpenAPI document is not part of this bundle')
    expect(all).not.toContain('Unknown zod object type')
  })

  it('has the WebAuthn library in a module of its own, which the main module imports on use', () => {
    expect([...modules.keys()].toSorted()).toEqual([MAIN, LIBRARY])
    const main = modules.get(MAIN) ?? ''
    expect(main).toContain(`import("./${LIBRARY}")`)
    expect(main).not.toMatch(new RegExp(`from ?"./${LIBRARY}"`))
    /** A message of the library. */
    const words = 'Unexpected authentication response origin'
    expect(main).not.toContain(words)
    expect(modules.get(LIBRARY)).toContain(words)
  })

  it('has a main module of less than 390 KiB gzipped (prints the size of each module)', () => {
    const sizes = [...modules].map(([name, code]) => ({ name, bytes: gzipSync(code).length }))
    for (const { name, bytes } of sizes) console.log(`${name}: ${(bytes / 1024).toFixed(1)} KiB`)
    const main = sizes.find(({ name }) => name === MAIN)
    expect(main?.bytes).toBeLessThan(GZIP_LIMIT_BYTES)
  })
})
