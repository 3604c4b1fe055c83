/** Values of the environment, and of the `.dev.vars` that `npm ci` wrote. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { env } from 'node:process'
import { parseEnv } from 'node:util'
import { isLoopback } from './request.ts'

const DEV_VARS = join(import.meta.dirname, '../../.dev.vars')

/** Reads a secret for a service. `.dev.vars` is only read for a service on this machine. */
export function findSecret(name: string, origin: string): string | undefined {
  const given = env[name]?.trim()
  if (given) return given
  if (!isLoopback(new URL(origin).hostname) || !existsSync(DEV_VARS)) return undefined
  return parseEnv(readFileSync(DEV_VARS, 'utf8'))[name]?.trim() || undefined
}
