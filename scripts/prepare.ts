/**
 * Makes a checkout ready to serve offline: local secrets, the assets of API reference and console,
 * the local database. Runs at `npm ci` and at `npm start`; what is there already is left as it is.
 */
import { spawnSync } from 'node:child_process'
import { randomBytes, randomInt } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { buildSync } from 'esbuild'

export const ROOT = join(import.meta.dirname, '..')
const CONSOLE = join(ROOT, 'web/console')
const ASSETS = [
  join(ROOT, 'node_modules/swagger-ui-dist/swagger-ui.css'),
  join(ROOT, 'node_modules/swagger-ui-dist/swagger-ui-bundle.js'),
  join(CONSOLE, 'console.css'),
  join(CONSOLE, 'console.svg'),
]

const HEADER = '# For development on this machine only: random, and never committed.'

const random = (bytes: number): string => randomBytes(bytes).toString('base64url')

function writeSecrets(): void {
  const path = `${ROOT}/.dev.vars`
  const written = existsSync(path) ? readFileSync(path, 'utf8') : HEADER
  const values = {
    JWT_SECRET: random(48),
    OPERATOR_TOKEN: random(48),
    MONNIFY_API_KEY: `MK_TEST_${random(8)}`,
    MONNIFY_SECRET_KEY: random(24),
    MONNIFY_CONTRACT_CODE: String(randomInt(10 ** 9, 10 ** 10)),
    MONNIFY_SIMULATOR: 'on',
  }
  const missing = Object.entries(values).filter(([name]) => !written.includes(`${name}=`))
  if (missing.length === 0) return
  const lines = missing.map(([name, value]) => `${name}="${value}"`)
  writeFileSync(path, [written.trimEnd(), ...lines, ''].join('\n'), { mode: 0o600 })
}

/** Only if it is new: a running service starts again when an asset is touched. */
function writeAsset(name: string, content: Uint8Array): void {
  const path = join(ROOT, '.assets', name)
  if (!existsSync(path) || !readFileSync(path).equals(content)) writeFileSync(path, content)
}

function buildAssets(): void {
  mkdirSync(`${ROOT}/.assets`, { recursive: true })
  for (const path of ASSETS) writeAsset(basename(path), readFileSync(path))
  const { outputFiles } = buildSync({
    entryPoints: [join(CONSOLE, 'main.tsx')],
    tsconfig: join(CONSOLE, 'tsconfig.json'),
    bundle: true,
    format: 'esm',
    target: 'es2022',
    write: false,
  })
  for (const { contents } of outputFiles) writeAsset('console.js', contents)
}

function migrateLocalDatabase(wranglerFlags: readonly string[]): void {
  const wrangler = `${ROOT}/node_modules/wrangler/bin/wrangler.js`
  const args = [wrangler, 'd1', 'migrations', 'apply', 'DB', '--local', ...wranglerFlags]
  const env = { ...process.env, CI: 'true', WRANGLER_SEND_METRICS: 'false' }
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    cwd: ROOT,
    env,
    encoding: 'utf8',
  })
  if (status === 0) return
  throw new Error(`the local database could not be migrated:\n${stdout}${stderr}`)
}

/** `npm start` replaces its shell, which is no command of Windows. */
function writeExec(): void {
  if (process.platform !== 'win32') return
  writeFileSync(join(ROOT, 'node_modules/.bin/exec.cmd'), '@call %*\r\n')
}

/** @param wranglerFlags where the local state is kept, if not in `.wrangler` */
export function prepare(wranglerFlags: readonly string[] = []): void {
  writeSecrets()
  writeExec()
  buildAssets()
  migrateLocalDatabase(wranglerFlags)
}

/** Run as a program, by Node or by `run.mjs`. */
if (realpathSync(process.argv[1] ?? '') === import.meta.filename) prepare()
