/** Purposes and lifetimes of links in e-mails. Pure. */
import { emailKeyOf } from '../../common/text/email'
import { MESSAGE_KINDS, type MessageKind } from '../../mail/message'
import type { LinkPurpose, links } from '../table'

export type Link = typeof links.$inferSelect

/** The message that carries links of a purpose. Both are valid for the same time. */
const MESSAGE_OF = {
  reset: 'reset_password',
  verify: 'verify_email',
  change: 'confirm_email',
  undo: 'email_changed',
} as const satisfies Record<LinkPurpose, MessageKind>

/** Refunds that a user requests are refused for this long after the account was recovered. */
export const REFUND_DELAY_MS = 24 * 3_600_000

export const createLink = (
  purpose: LinkPurpose,
  message: { readonly id: string; readonly createdAtMs: number },
  { userUuid, email }: { readonly userUuid: string; readonly email: string },
  tokenHash: string,
): Link => ({
  messageId: message.id,
  tokenHash,
  purpose,
  userUuid,
  email,
  emailKey: emailKeyOf(email),
  createdAtMs: message.createdAtMs,
  expiresAtMs: message.createdAtMs + MESSAGE_KINDS[MESSAGE_OF[purpose]].lifetimeMs,
  usedAtMs: null,
})

export const isValidLink = ({ usedAtMs, expiresAtMs }: Link, nowMs: number): boolean =>
  usedAtMs === null && nowMs < expiresAtMs
