/** How an operator's tools ask the service: with `OPERATOR_TOKEN`, and an exit of 2 if it cannot be asked. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { env, exit } from 'node:process'
import { parseEnv, styleText } from 'node:util'

const DEV_VARS = join(import.meta.dirname, '../../.dev.vars')

export function fail(message: string): never {
  console.error(styleText('red', message))
  exit(2)
}

/** From the environment, or what `npm ci` wrote for this machine. */
export function findOperatorToken(): string | undefined {
  const local = existsSync(DEV_VARS) ? parseEnv(readFileSync(DEV_VARS, 'utf8')) : {}
  return (env['OPERATOR_TOKEN'] ?? local['OPERATOR_TOKEN'])?.trim() || undefined
}

function operatorToken(): string {
  return (
    findOperatorToken() ??
    fail('There is no OPERATOR_TOKEN, neither in the environment nor in .dev.vars.')
  )
}

/** Posts to one of the operator's routes. */
export async function askAsOperator(url: URL, body?: object): Promise<unknown> {
  const { origin } = url
  const headers = {
    Authorization: `Bearer ${operatorToken()}`,
    ...(body && { 'Content-Type': 'application/json' }),
  }
  const request = { method: 'POST', headers, ...(body && { body: JSON.stringify(body) }) }
  const response = await fetch(url, request).catch(() =>
    fail(`Nothing answers at ${origin}. Start the service with \`npm start\`, or name it: --url.`),
  )
  const text = await response.text()
  if (response.ok) return JSON.parse(text) as unknown
  if (response.status !== 404) fail(`${origin} answered ${response.status}: ${text}`)
  return fail(
    `The service at ${origin} has ${body ? 'no such thing, or ' : ''}no OPERATOR_TOKEN of its own.`,
  )
}
