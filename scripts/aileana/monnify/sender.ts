/** Sends the requests of commands to the service. */
import { fail } from '../../cli/program.ts'
import { messageOf, request } from '../request.ts'

export interface UrlOptions {
  readonly url: string
}

/** Sends requests to the service; exits if it cannot be reached. */
export const senderTo = (origin: string) => {
  const ask = async (path: string, init: RequestInit = {}): Promise<Response> => {
    try {
      return await request(new URL(path, origin), { redirect: 'manual', ...init })
    } catch (error) {
      return fail(messageOf(error), 1)
    }
  }
  const postJson = (path: string, body: object, headers: Record<string, string> = {}) =>
    ask(path, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', ...headers },
      body: JSON.stringify(body),
    })
  return { ask, postJson }
}

/** Reads the JSON of a response; exits if it has none. */
export async function readJson<T>(response: Response): Promise<T> {
  try {
    return (await response.json()) as T
  } catch {
    return fail(`${response.url} returned no JSON. Is it this service?`, 1)
  }
}
