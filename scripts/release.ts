/**
 * `npm run release`: stores this commit's bundle in `test/releases`, as the release to which the next one
 * must be able to roll back. It is built like a deployment, without the simulator. Each release replaces it.
 */
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'

const ROOT = join(import.meta.dirname, '..')
const KEPT = join(ROOT, 'test/releases/previous.js.gz')
const LIMIT_BYTES = 420 * 1024

const folder = mkdtempSync(join(tmpdir(), 'aileana-release-'))
const wrangler = join(ROOT, 'node_modules/wrangler/bin/wrangler.js')
execFileSync(process.execPath, [wrangler, 'deploy', '--dry-run', '--outdir', folder], {
  cwd: ROOT,
  env: { ...process.env, NODE_ENV: 'production', WRANGLER_SEND_METRICS: 'false' },
  stdio: ['ignore', 'ignore', 'inherit'],
})
/** Without the reference to its source map, which is not stored. */
const script = readFileSync(join(folder, 'index.js'), 'utf8').replace(
  /\/\/# sourceMappingURL.*/,
  '',
)
rmSync(folder, { recursive: true })
const kept = gzipSync(script, { level: 9 })
if (kept.length > LIMIT_BYTES)
  throw new Error(`The bundle has ${kept.length} bytes; git should store at most ${LIMIT_BYTES}.`)
mkdirSync(join(KEPT, '..'), { recursive: true })
writeFileSync(KEPT, kept)
console.log(`${KEPT}: ${kept.length} bytes`)
