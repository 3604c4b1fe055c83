/** Shows a customer's personal data to an operator, for a reason that is recorded. Limited per operator. */
import { consumeOne, type LimitDeps } from '../../limits/service'
import type { Quota } from '../../limits/policy'
import { ok, refuse, type Result } from '../../common/result'
import { logEvent } from '../../common/log'
import type { WalletClient } from '../../wallets/object/client'
import type { Actor } from '../access/operator'
import type { RevealedBody } from '../desk-types'
import { type LogDeps, recordRead } from '../log/record'
import { type CustomerDeps, findCustomer } from './customer'

export interface RevealDeps extends LimitDeps, LogDeps, Pick<CustomerDeps, 'userStore'> {
  readonly wallets: WalletClient
}

const HOUR_MS = 3_600_000
const CALLS_SINCE_MS = 90 * 24 * HOUR_MS
const MAX_CALLS = 100

const REVEALS: Quota = {
  kind: 'quota',
  name: 'operator-reveals',
  quota: 30,
  windowMs: HOUR_MS,
}

/** Refuses `rate_limited` and `not_found`. */
export async function revealCustomer(
  deps: RevealDeps,
  operator: Actor,
  uuid: string,
  reason: string,
): Promise<Result<RevealedBody>> {
  const { allowed, limitState } = await consumeOne(deps, REVEALS, operator.uuid)
  if (!allowed) return refuse({ code: 'rate_limited', limitState })
  const user = await findCustomer(deps, uuid)
  if (!user.ok) return user
  await recordRead(deps, operator, { action: 'personal_data_revealed', subject: uuid, reason })
  logEvent('personal_data_revealed', { user: uuid, operator: operator.uuid })
  const callPage = { limit: MAX_CALLS, fromMs: deps.now() - CALLS_SINCE_MS }
  const { calls } = await deps.wallets.send({ userUuid: uuid, type: 'call_credits' }, (wallet) =>
    wallet.inspect({ under: [], entryPage: { limit: 0 }, callPage }),
  )
  const { email, firstName, lastName } = user.value
  return ok({
    email,
    first_name: firstName,
    last_name: lastName,
    called_numbers: calls
      .filter(({ recipientPhone }) => recipientPhone !== '')
      .map((call) => ({ call: call.uuid, phone: call.recipientPhone, name: call.recipientName })),
  })
}
