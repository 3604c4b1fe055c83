/** Secrets of the agent, from the environment: flags would be visible to every user of the machine. Pure. */
import { z } from 'zod'
import { keyId, token } from '../../src/common/settings/fields.ts'

/** coturn keeps a shorter text of a longer password. */
const MAX_PASSWORD_LENGTH = 128

const secretFields = z.object({
  /** coturn's `static-auth-secret`. */
  COTURN_AUTH_SECRET: token,
  /** coturn's `cli-password`. */
  COTURN_CLI_PASSWORD: token.refine(
    (password) => password.length <= MAX_PASSWORD_LENGTH,
    `must have at most ${MAX_PASSWORD_LENGTH} characters`,
  ),
  RELAY_KEY_ID: keyId,
  RELAY_TOKEN: token,
})

export type Secrets = z.infer<typeof secretFields>

/** Returns the secrets, or a message that names each missing or invalid setting, without its value. */
export function readSecrets(env: object): Secrets | string {
  const { success, data, error } = secretFields.safeParse(env)
  if (!success) {
    const lines = error.issues.map(({ path, message }) => `  ${path.join('.')} ${message}`)
    return `The agent cannot start. Fix these settings:\n${lines.join('\n')}`
  }
  const { COTURN_AUTH_SECRET, COTURN_CLI_PASSWORD, RELAY_TOKEN } = data
  const isDistinct = new Set([COTURN_AUTH_SECRET, COTURN_CLI_PASSWORD, RELAY_TOKEN]).size === 3
  return isDistinct
    ? data
    : 'COTURN_AUTH_SECRET, COTURN_CLI_PASSWORD and RELAY_TOKEN must differ from each other.'
}
