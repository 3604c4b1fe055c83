/** Requests of operators' commands. Exit code 2: the service could not be queried. */
import { fail } from '../cli/program.ts'
import { credentialFor } from './operators/credential.ts'
import { messageOf, request } from './request.ts'

export interface ToolRefusal {
  readonly message: string
  readonly exitCode: 1 | 2
}

/** A 404 with `Nothing of this kind` is an unknown subject. Any other 404: the service lacks the route. */
export function refusalOf(status: number, text: string, { origin }: URL): ToolRefusal {
  if (status === 401)
    return {
      message: `${origin} rejects this session or key. Run \`npm run aileana -- log-in --url ${origin}\`.`,
      exitCode: 2,
    }
  if (status !== 404)
    return { message: `${origin} returned status ${status}: ${detailOf(text)}`, exitCode: 2 }
  return text.includes('Nothing of this kind')
    ? {
        message: `${origin} has no such payment, call, wallet, user, refund, proposal or exception.`,
        exitCode: 1,
      }
    : { message: `${origin} does not have this route. It may run another release.`, exitCode: 2 }
}

/** Returns the detail of a problem (RFC 9457) with its invalid fields, or any other text unchanged. */
export function detailOf(text: string): string {
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

export interface ToolRequest {
  readonly method?: 'GET' | 'POST'
  readonly body?: object
  readonly headers?: Readonly<Record<string, string>>
}

/** Sends a request without a credential. @param refuse says what a status other than 2xx means */
export async function askOpenly(
  url: URL,
  { method = 'POST', body, headers: more }: ToolRequest,
  refuse: typeof refusalOf,
): Promise<unknown> {
  const headers = { ...(body && { 'Content-Type': 'application/json' }), ...more }
  const init = { method, headers, ...(body && { body: JSON.stringify(body) }) }
  const response = await request(url, init).catch((error: unknown) => fail(messageOf(error)))
  const text = await response.text()
  if (response.ok) return parse(text, url.origin)
  const { message, exitCode } = refuse(response.status, text, url)
  return fail(message, exitCode)
}

/** Sends a request with the operator's key or session. */
export async function askAsOperator(url: URL, asked: ToolRequest = {}): Promise<unknown> {
  const { token, isKey } = credentialFor(url.origin)
  const headers = { Authorization: `Bearer ${token}`, ...asked.headers }
  return askOpenly(url, { ...asked, headers }, (status, text, to) => {
    const refusal = refusalOf(status, text, to)
    if (status !== 403 || !isKey) return refusal
    return { ...refusal, message: `${refusal.message} OPERATOR_KEY is set, and a key only reads.` }
  })
}
