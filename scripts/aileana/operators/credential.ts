/** Credential of an operator's command: `OPERATOR_KEY`, or the session that `log-in` began. */
import { fail } from '../../cli/program.ts'
import { findSecret } from '../dev-vars.ts'
import { readSession } from './session-file.ts'

export const KEY = 'OPERATOR_KEY'

/** Reports whether a token can be sent in a header. */
export const isToken = (token: string): boolean => /^[!#-&(-_a-~]+$/.test(token)

export interface Credential {
  readonly token: string
  readonly isKey: boolean
}

/** A key wins over a session. */
export function findCredential(origin: string): Credential | undefined {
  const key = findSecret(KEY, origin)
  if (key === undefined) {
    const session = readSession(origin, Date.now())
    return session && { token: session.token, isKey: false }
  }
  return isToken(key)
    ? { token: key, isKey: true }
    : fail(`${KEY} contains a space, a quotation mark or a character that is not ASCII.`)
}

export function credentialFor(origin: string): Credential {
  return (
    findCredential(origin) ??
    fail(
      `There is no session at ${origin}. Run \`npm run aileana -- log-in --url ${origin}\`, or set ${KEY}.`,
    )
  )
}
