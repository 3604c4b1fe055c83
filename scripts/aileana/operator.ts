/** Requests of operators' commands, with `OPERATOR_TOKEN`. Exit code 2: the service could not be queried. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { env } from 'node:process'
import { parseEnv } from 'node:util'
import { fail } from '../cli/program.ts'
import { messageOf, request } from './request.ts'

const DEV_VARS = join(import.meta.dirname, '../../.dev.vars')

/** Reads a token from the environment, or from the `.dev.vars` that `npm ci` wrote. */
export function findToken(name: string): string | undefined {
  const local = existsSync(DEV_VARS) ? parseEnv(readFileSync(DEV_VARS, 'utf8')) : {}
  return env[name]?.trim() || local[name]?.trim() || undefined
}

export const findOperatorToken = (): string | undefined => findToken('OPERATOR_TOKEN')

function operatorToken(): string {
  const token = findOperatorToken()
  if (!token) return fail('OPERATOR_TOKEN is neither in the environment nor in .dev.vars.')
  return isToken(token)
    ? token
    : fail('OPERATOR_TOKEN contains a space, a quotation mark or a character that is not ASCII.')
}

/** Reports whether a token can be sent in a header and is a valid setting. */
export const isToken = (token: string): boolean => /^[!#-&(-_a-~]+$/.test(token)

export interface ToolRefusal {
  readonly message: string
  readonly exitCode: 1 | 2
}

/** A 404 with `Nothing of this kind` is an unknown subject. Any other 404: there are no operator routes. */
export function refusalOf(status: number, text: string, { origin, pathname }: URL): ToolRefusal {
  if (status === 401 && text.includes('Operator-Money-Token'))
    return { message: `${origin} rejects this OPERATOR_MONEY_TOKEN.`, exitCode: 2 }
  if (status === 401)
    return {
      message: `${origin} rejects this OPERATOR_TOKEN, because it has another one.`,
      exitCode: 2,
    }
  if (status !== 404)
    return { message: `${origin} returned status ${status}: ${detailOf(text)}`, exitCode: 2 }
  if (text.includes('Nothing of this kind'))
    return {
      message: `${origin} has no such payment, call, wallet, user, refund or exception.`,
      exitCode: 1,
    }
  const missing = pathname.startsWith('/operator/money/')
    ? 'OPERATOR_TOKEN or no OPERATOR_MONEY_TOKEN'
    : 'OPERATOR_TOKEN'
  return { message: `The service at ${origin} has no ${missing}. Set one there.`, exitCode: 2 }
}

/** Returns the detail of a problem (RFC 9457) with its invalid fields, or any other text unchanged. */
function detailOf(text: string): string {
  try {
    const { detail, errors = [] } = JSON.parse(text) as {
      detail?: string
      errors?: { pointer: string; message: string }[]
    }
    const fields = errors.map(({ pointer, message }) => `${pointer.slice(1)} ${message}.`)
    return detail === undefined ? text : [detail, ...fields].join(' ')
  } catch {
    return text
  }
}

function parse(text: string, origin: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return fail(`${origin} returned no JSON. Is it this service?`)
  }
}

interface OperatorRequest {
  readonly method?: 'GET' | 'POST'
  readonly body?: object
  readonly headers?: Readonly<Record<string, string>>
}

export async function askAsOperator(
  url: URL,
  { method = 'POST', body, headers: more }: OperatorRequest = {},
): Promise<unknown> {
  const { origin } = url
  const headers = {
    Authorization: `Bearer ${operatorToken()}`,
    ...(body && { 'Content-Type': 'application/json' }),
    ...more,
  }
  const init = { method, headers, ...(body && { body: JSON.stringify(body) }) }
  const response = await request(url, init).catch((error: unknown) => fail(messageOf(error)))
  const text = await response.text()
  if (response.ok) return parse(text, origin)
  const { message, exitCode } = refusalOf(response.status, text, url)
  return fail(message, exitCode)
}
