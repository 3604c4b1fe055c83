/** The texts of all messages. Pure. */
import type { Facts, MessageKind } from './message'

export interface MailText {
  readonly subject: string
  readonly paragraphs: readonly string[]
  /** Label of the link, which stands after the first paragraph. */
  readonly action?: string
}

type Write = (facts: Facts) => MailText

const NOT_YOU = 'If this was not you, set a new password at once, and contact support.'

const TEXTS: Readonly<Record<MessageKind, Write>> = {
  verify_email: () => ({
    subject: 'Confirm your e-mail address',
    paragraphs: [
      'Confirm that this address is yours, so that you can recover your account if you lose your password.',
      'The link is valid for 24 hours. If you did not create an account, ignore this message.',
    ],
    action: 'Confirm this address',
  }),
  reset_password: () => ({
    subject: 'Set a new password',
    paragraphs: [
      'Someone asked for a new password for your account. Use this link to set one.',
      'The link works once, for 30 minutes. If you did not ask for it, ignore this message: your password stays the same.',
    ],
    action: 'Set a new password',
  }),
  confirm_email: () => ({
    subject: 'Confirm your new e-mail address',
    paragraphs: [
      'Confirm that this address is yours. Your account uses it from then on.',
      'The link is valid for 24 hours. If you did not ask for it, ignore this message.',
    ],
    action: 'Use this address',
  }),
  email_in_use: () => ({
    subject: 'You already have an account with this address',
    paragraphs: [
      'Someone asked to move another account to this address. It already has an account, so nothing was changed.',
      'If this was you, log in with this address. Otherwise ignore this message.',
    ],
  }),
  email_changed: ({ to }) => ({
    subject: 'The e-mail address of your account was changed',
    paragraphs: [
      `Your account now uses ${to}, and sends its messages there.`,
      'If this was not you, undo the change within 72 hours. That also ends all sessions.',
    ],
    action: 'Undo the change',
  }),
  password_changed: () => ({
    subject: 'Your password was changed',
    paragraphs: ['Your password was changed, and your other sessions were ended.', NOT_YOU],
  }),
  password_reset: () => ({
    subject: 'Your password was reset',
    paragraphs: [
      'Your password was reset by a link that was sent to this address. All sessions were ended, and refunds are possible again after 24 hours.',
      NOT_YOU,
    ],
  }),
  new_device: ({ device, place }) => ({
    subject: 'New log-in to your account',
    paragraphs: [
      `Someone logged in to your account with another device: ${device}${place ? `, ${place}` : ''}.`,
      NOT_YOU,
    ],
  }),
}

export const textOf = (kind: MessageKind, facts: Facts): MailText => TEXTS[kind](facts)
