/** New invitations of operators. */
import type { OperatorRow } from '../session-store'
import { newSecret } from '../log-in/totp'
import type { Seal } from '../../../common/tokens/seal'
import type { operatorInvitations } from '../table'
import { newToken, tokenHashOf } from '../tokens'

export type InvitationRow = typeof operatorInvitations.$inferSelect

const INVITATION_LIFETIME_MS = 72 * 3_600_000

export interface InvitationDeps {
  readonly totpSeal: Seal
  readonly now: () => number
}

export interface NewInvitation {
  readonly row: InvitationRow
  /** Returned once, to the inviter; only its hash is stored. */
  readonly token: string
}

export async function newInvitation(
  { totpSeal, now }: InvitationDeps,
  { uuid: operatorUuid }: Pick<OperatorRow, 'uuid'>,
): Promise<NewInvitation> {
  const token = newToken('invitation')
  const createdAtMs = now()
  const row = {
    tokenHash: tokenHashOf(token),
    operatorUuid,
    totpSealed: await totpSeal.seal(newSecret(), operatorUuid),
    createdAtMs,
    expiresAtMs: createdAtMs + INVITATION_LIFETIME_MS,
    usedAtMs: null,
  }
  return { row, token }
}
