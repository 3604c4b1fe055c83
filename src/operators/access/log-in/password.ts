/** Log-in of operators by password and code. */
import type { ClientInfo } from '../../../auth/client-info'
import { emailKeyOf } from '../../../common/text/email'
import { ok, refuse, type Result } from '../../../common/result'
import { UNKNOWN_USER_HASH } from '../../../users/password'
import { type LogDeps, perform } from '../../log/record'
import type { OperatorRow } from '../session-store'
import { type Begun, newSession } from './new-session'
import type { CodeUse, LogInStore } from './store'
import { stepOf } from './totp'
import type { Seal } from '../../../common/tokens/seal'

export interface PasswordLogInDeps extends LogDeps {
  readonly logInStore: LogInStore
  readonly totpSeal: Seal
  readonly verifyPassword: (password: string, hash: string) => boolean
}

export interface PasswordProof {
  readonly email: string
  readonly password: string
  /** Six digits of the authenticator app. */
  readonly code: string
}

/** Secret that is compared for accounts without one, so that all refusals take the same steps. */
const NO_SECRET = new Uint8Array(20)

const refused = refuse({ code: 'invalid_credentials' })

async function useOf(
  { totpSeal }: PasswordLogInDeps,
  operator: OperatorRow | undefined,
  code: string,
  nowMs: number,
): Promise<CodeUse | undefined> {
  const sealed = operator?.totpSealed ?? ''
  const opened = operator && (await totpSeal.open(sealed, operator.uuid))
  const step = stepOf(opened?.secret ?? NO_SECRET, code, nowMs)
  if (!opened || step === undefined) return undefined
  const totpSealed = opened.isOld ? await totpSeal.seal(opened.secret, operator.uuid) : sealed
  return { step, totpSealed }
}

/**
 * Begins a session. Refuses `invalid_credentials`, with equal work for an unknown e-mail address, a wrong password, a
 * wrong or used code, and a disabled operator. The transaction checks the last two.
 */
export async function logInByPassword(
  deps: PasswordLogInDeps,
  { email, password, code }: PasswordProof,
  client: ClientInfo,
): Promise<Result<Begun>> {
  const nowMs = deps.now()
  const operator = await deps.logInStore.byEmailKey(emailKeyOf(email))
  const matches = deps.verifyPassword(password, operator?.passwordHash ?? UNKNOWN_USER_HASH)
  const use = await useOf(deps, operator, code, nowMs)
  if (!operator?.passwordHash || !matches || !use) return refused
  const begun = newSession(operator, client, nowMs)
  const action = { action: 'operator_logged_in', subject: begun.session.uuid }
  return perform(deps, operator, action, async () =>
    (await deps.logInStore.beginByCode(operator, begun.session, use)) ? ok(begun) : refused,
  )
}
