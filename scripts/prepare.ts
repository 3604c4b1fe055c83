/**
 * Prepares a checkout to serve offline: writes local secrets and migrates the local database. Runs at
 * `npm ci` and `npm start`, and changes nothing that exists. Wrangler builds the pages.
 */
import { spawnSync } from 'node:child_process'
import { randomBytes, randomInt } from 'node:crypto'
import { existsSync, readFileSync, realpathSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export const ROOT = join(import.meta.dirname, '..')

const HEADER = '# For development on this machine only: random, and never committed.'

const random = (bytes: number): string => randomBytes(bytes).toString('base64url')

function writeSecrets(): void {
  const path = `${ROOT}/.dev.vars`
  const written = existsSync(path) ? readFileSync(path, 'utf8') : HEADER
  const values = {
    JWT_SECRET: random(48),
    OPERATOR_BOOTSTRAP_SECRET: random(48),
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
  throw new Error(`The local database could not be migrated:\n${stdout}${stderr}`)
}

/** `npm start` uses `exec`, which Windows does not have. */
function writeExec(): void {
  if (process.platform !== 'win32') return
  writeFileSync(join(ROOT, 'node_modules/.bin/exec.cmd'), '@call %*\r\n')
}

/** @param wranglerFlags flags that name another state folder than `.wrangler` */
export function prepare(wranglerFlags: readonly string[] = []): void {
  writeSecrets()
  writeExec()
  migrateLocalDatabase(wranglerFlags)
}

/** True if this file is run as a program, by Node or `run.mjs`. */
if (realpathSync(process.argv[1] ?? '') === import.meta.filename) prepare()
