/** How an operator's commands query the service: with `OPERATOR_TOKEN`, and exit code 2 if they cannot. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { env } from 'node:process'
import { parseEnv } from 'node:util'
import { fail } from '../cli/program.ts'
import { messageOf, request } from './request.ts'

const DEV_VARS = join(import.meta.dirname, '../../.dev.vars')

/** From the environment, or what `npm ci` wrote for this machine. */
export function findOperatorToken(): string | undefined {
  const local = existsSync(DEV_VARS) ? parseEnv(readFileSync(DEV_VARS, 'utf8')) : {}
  return env['OPERATOR_TOKEN']?.trim() || local['OPERATOR_TOKEN']?.trim() || undefined
}

function operatorToken(): string {
  const token = findOperatorToken()
  if (!token)
    return fail('There is no OPERATOR_TOKEN, neither in the environment nor in .dev.vars.')
  return isToken(token)
    ? token
    : fail('OPERATOR_TOKEN contains a blank, a quotation mark or a character that is not ASCII.')
}

/** Whether a header can carry it, and the service would accept it as a setting. */
export const isToken = (token: string): boolean => /^[!#-&(-_a-~]+$/.test(token)

export interface ToolRefusal {
  readonly message: string
  readonly exitCode: 1 | 2
}

/** Behind its token, the service says `Nothing of this kind`; without one, that it has no such route. */
export function refusalOf(status: number, text: string, origin: string): ToolRefusal {
  if (status === 401)
    return { message: `${origin} refuses this OPERATOR_TOKEN: it has another one.`, exitCode: 2 }
  if (status !== 404) return { message: `${origin} answered ${status}: ${text}`, exitCode: 2 }
  if (text.includes('Nothing of this kind'))
    return { message: `${origin} has nothing of this name.`, exitCode: 1 }
  return { message: `The service at ${origin} has no OPERATOR_TOKEN of its own.`, exitCode: 2 }
}

function parse(text: string, origin: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return fail(`${origin} returned no JSON. Is it this service?`)
  }
}

/** Posts to one of the operator's routes. */
export async function askAsOperator(url: URL, body?: object): Promise<unknown> {
  const { origin } = url
  const headers = {
    Authorization: `Bearer ${operatorToken()}`,
    ...(body && { 'Content-Type': 'application/json' }),
  }
  const init = { method: 'POST', headers, ...(body && { body: JSON.stringify(body) }) }
  const response = await request(url, init).catch((error: unknown) => fail(messageOf(error)))
  const text = await response.text()
  if (response.ok) return parse(text, origin)
  const { message, exitCode } = refusalOf(response.status, text, origin)
  return fail(message, exitCode)
}
