/** Bodies of the routes of operators' accounts, and their responses. */
import { z } from '@hono/zod-openapi'
import { attestationField } from '../../../auth/passkeys/schemas'
import { requiredLine, textField } from '../../../http/fields'
import { emailField } from '../../../users/schemas'
import type { InvitationBody, InvitedBody, ListedOperator } from '../../desk-types'
import { codeField } from '../log-in/schemas'
import { uriOf, writtenSecret } from '../log-in/totp'
import { ROLES } from '../permissions'
import { asField, presentOperator } from '../schemas'
import type { OpenInvitation } from './accept'
import { ACCOUNT_ACTIONS, type Invited } from './manage'
import type { OperatorSummary } from './store'
import { toTime, toTimeOrNull } from '../../../common/text/time'

const MIN_PASSWORD = 12

const nameField = requiredLine(1, 100)
const reasonField = requiredLine(3, 500)
const roleField = z.enum(ROLES, `must be one of ${ROLES.join(', ')}`)
const tokenField = z.string('must be a string').min(1, 'must not be empty').max(200, 'is too long')

export const invitationTokenBody = z.strictObject({ token: tokenField })

export const bootstrapBody = z.strictObject({
  secret: z.string('must be a string').min(1, 'must not be empty').max(1000, 'is too long'),
  email: emailField,
  name: nameField,
})

export const acceptBody = z.union(
  [
    z.strictObject({
      token: tokenField,
      password: textField(MIN_PASSWORD, 256).refine(
        (text) => text.isWellFormed(),
        'must be well-formed Unicode',
      ),
      code: codeField,
      as: asField,
    }),
    z.strictObject({ token: tokenField, response: attestationField, as: asField }),
  ],
  {
    error: ({ input }) =>
      typeof input === 'object' && input !== null && 'response' in input
        ? 'must have a token, and the response of a passkey'
        : `must have a token, a password of ${MIN_PASSWORD} to 256 characters, and a code of six digits`,
  },
)

export const inviteBody = z.strictObject({
  email: emailField,
  name: nameField,
  role: roleField,
  reason: reasonField,
})

export const actBody = z
  .strictObject({
    action: z.enum(ACCOUNT_ACTIONS, `must be one of ${ACCOUNT_ACTIONS.join(', ')}`),
    role: roleField.optional(),
    reason: reasonField,
  })
  .refine(({ action, role }) => (action === 'change_role') === (role !== undefined), {
    path: ['role'],
    message: 'is required to change the role, and not allowed otherwise',
  })

/** The token is in the fragment, which browsers do not send. */
export const linkOf = (origin: string, token: string): string =>
  `${origin}/desk#invitation=${token}`

export const presentInvitation = (
  { operator, secret }: OpenInvitation,
  acceptsPasskeys: boolean,
): InvitationBody => ({
  email: operator.email,
  name: operator.name,
  role: operator.role,
  totp: { secret: writtenSecret(secret), uri: uriOf(secret, operator.email) },
  has_passkeys: acceptsPasskeys,
})

export const presentSummary = ({
  operator,
  passkeys,
  liveSessions,
  lastSeenAtMs,
}: OperatorSummary): ListedOperator => ({
  ...presentOperator(operator),
  state:
    operator.disabledAtMs !== null
      ? 'disabled'
      : operator.passwordHash !== null || passkeys > 0
        ? 'active'
        : 'invited',
  has_password: operator.passwordHash !== null,
  passkeys,
  live_sessions: liveSessions,
  last_seen_at: toTimeOrNull(lastSeenAtMs),
  created_at: toTime(operator.createdAtMs),
})

export const presentInvited = ({ operator, invitation }: Invited, origin: string): InvitedBody => ({
  operator: presentOperator(operator),
  invitation: invitation ? linkOf(origin, invitation.token) : null,
  expires_at: invitation ? toTime(invitation.row.expiresAtMs) : null,
})
