/** A request that a reader fills in: its URL, its curl command, and its response. */
import type { Operation, Parameter } from './document'

export interface Filled {
  /** By the parameter's place and name. */
  readonly values: Readonly<Record<string, string>>
  readonly body: string
  readonly token: string
}

export const keyOf = ({ in: place, name }: Parameter): string => `${place}/${name}`

const isFilled = (value: string | undefined): value is string => value !== undefined && value !== ''

/** Path with the filled parameters and the query. */
export function pathOf({ path, parameters }: Operation, { values }: Filled): string {
  let filled = path
  const query = new URLSearchParams()
  for (const parameter of parameters) {
    const value = values[keyOf(parameter)]
    if (!isFilled(value)) continue
    if (parameter.in === 'path')
      filled = filled.replace(`{${parameter.name}}`, encodeURIComponent(value))
    if (parameter.in === 'query') query.set(parameter.name, value)
  }
  return query.size > 0 ? `${filled}?${query}` : filled
}

export function headersOf(operation: Operation, { values, token }: Filled): Record<string, string> {
  const headers: Record<string, string> = {}
  if (operation.needsToken && token) headers['Authorization'] = `Bearer ${token}`
  if (operation.body) headers['Content-Type'] = 'application/json'
  for (const parameter of operation.parameters) {
    const value = values[keyOf(parameter)]
    if (parameter.in === 'header' && isFilled(value)) headers[parameter.name] = value
  }
  return headers
}

const quoted = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`

/** Command for a POSIX shell. */
export function curlOf(operation: Operation, filled: Filled, origin: string): string {
  const method = operation.method === 'GET' ? '' : ` -X ${operation.method}`
  const headers = Object.entries(headersOf(operation, filled)).map(
    ([name, value]) => `-H ${quoted(`${name}: ${value}`)}`,
  )
  const body = operation.body ? [`-d ${quoted(filled.body)}`] : []
  const start = `curl${method} ${quoted(origin + pathOf(operation, filled))}`
  return [start, ...headers, ...body].join(' \\\n  ')
}

export interface Received {
  readonly status: number
  readonly text: string
}

/** JSON with indentation, and other text unchanged. */
function indent(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), undefined, 2)
  } catch {
    return text
  }
}

export async function send(operation: Operation, filled: Filled): Promise<Received> {
  try {
    const response = await fetch(pathOf(operation, filled), {
      method: operation.method,
      headers: headersOf(operation, filled),
      ...(operation.body && { body: filled.body }),
    })
    return { status: response.status, text: indent(await response.text()) }
  } catch {
    return { status: 0, text: 'The service does not respond.' }
  }
}
