/** Data of a message that is read at its delivery: the addressee as the account is now, and the link. */
import { emailKeyOf } from '../../common/text/email'
import { localeOf } from '../../common/text/locale'
import type { LinkTokens } from '../../common/tokens/link-token'
import type { Prepared } from '../../mail/deliver'
import { isWanted, mutedOf } from '../../mail/message'
import type { MessageRow } from '../../mail/store'
import type { User, UserStore } from '../../users/store'
import type { LinkPurpose } from '../table'
import { createLink } from './links'
import type { LinkStore } from './store'

export interface PrepareDeps {
  readonly userStore: UserStore
  readonly linkStore: LinkStore
  readonly linkTokens: LinkTokens
  /** Address of the account pages, without a slash at its end; `undefined` if none is known. */
  readonly accountUrl: () => string | undefined
  readonly now: () => number
}

const mailboxOf = (user: User) => ({ muted: mutedOf(user), complaint: user.emailComplaint })

const linkTo = ({ accountUrl }: PrepareDeps, page: LinkPurpose, token: string) => {
  const url = accountUrl()
  if (url === undefined)
    throw new Error('ACCOUNT_URL is not set, so a message cannot have its link')
  return `${url}/${page}#${token}`
}

/** Returns `undefined` for a message that has no addressee, is not wanted, or whose link was used or replaced. */
export async function prepareMessage(
  deps: PrepareDeps,
  row: MessageRow,
): Promise<Prepared | undefined> {
  const { userStore } = deps
  const user =
    row.userUuid === null
      ? await userStore.byEmailKey(emailKeyOf(row.recipient ?? ''))
      : await userStore.byUuid(row.userUuid)
  if (!user || user.disabledAtMs !== null || !isWanted(row.kind, mailboxOf(user))) return undefined
  const { kind, recipient } = row
  const name = user.firstName
  const locale = localeOf(user)
  const withLink = async (purpose: LinkPurpose, to: string): Promise<Prepared | undefined> => {
    const token = deps.linkTokens.tokenOf(row.id)
    const link = createLink(
      purpose,
      row,
      { userUuid: user.uuid, email: to },
      deps.linkTokens.hashOf(token),
    )
    return (await deps.linkStore.issue(link))
      ? { kind, to, name, locale, link: linkTo(deps, purpose, token) }
      : undefined
  }
  switch (kind) {
    case 'reset_password':
      return withLink('reset', user.email)
    case 'verify_email':
      return user.emailVerifiedAtMs === null ? withLink('verify', user.email) : undefined
    case 'confirm_email': {
      const to = recipient ?? user.email
      const holder = await userStore.byEmailKey(emailKeyOf(to))
      const isTaken = holder !== undefined && holder.uuid !== user.uuid
      return isTaken ? { kind: 'email_in_use', to, name: null, locale } : withLink('change', to)
    }
    case 'email_changed': {
      const token = deps.linkTokens.tokenOf(row.id)
      const tokenHash = deps.linkTokens.hashOf(token)
      return (await deps.linkStore.renew(row.id, tokenHash, deps.now()))
        ? { kind, to: recipient ?? user.email, name, locale, link: linkTo(deps, 'undo', token) }
        : undefined
    }
    default:
      return { kind, to: recipient ?? user.email, name, locale }
  }
}
