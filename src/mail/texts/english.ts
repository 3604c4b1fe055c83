/** The texts of all messages in English. Pure. */
import { writeDate } from '../../common/text/locale'
import { nairaIn, type Wording } from './format'

const naira = nairaIn('en')

const NOT_YOU = 'If this was not you, set a new password at once, and contact support.'

const walletName = (wallet = ''): string => wallet.replaceAll('_', ' ')

const REASONS: Readonly<Record<string, string>> = {
  declined: 'The bank declined the payment.',
  cancelled_by_customer: 'The payment was cancelled at the checkout.',
  abandoned_by_customer: 'The checkout was left before the payment.',
  checkout_expired: 'No money arrived while the checkout was open.',
}

const LATE_MONEY =
  'If your bank has debited you, the money is credited when it arrives, or your bank returns it.'

const DISABLED: Readonly<Record<string, string>> = {
  gone: 'Its server responded that it no longer exists (status 410).',
  failing: 'Its server has not accepted an event for five days.',
  key_revoked: 'The API key that created it was revoked.',
}

const TEXTS: Wording['texts'] = {
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
  passkey_added: ({ name }) => ({
    subject: 'A passkey was added to your account',
    paragraphs: [`You can now log in and confirm refunds with the passkey “${name}”.`, NOT_YOU],
  }),
  passkey_removed: ({ name }) => ({
    subject: 'A passkey was removed from your account',
    paragraphs: [`You can no longer log in with the passkey “${name}”.`, NOT_YOU],
  }),
  passkeys_removed: () => ({
    subject: 'The passkeys of your account were removed',
    paragraphs: [
      'Our support removed all passkeys and recovery codes of your account. All sessions were ended, and refunds are possible again after 24 hours.',
      NOT_YOU,
    ],
  }),
  recovery_code_used: () => ({
    subject: 'A recovery code of your account was used',
    paragraphs: ['Your identity was confirmed by your password and a recovery code.', NOT_YOU],
  }),
  deletion_requested: ({ eraseAtMs }, locale) => ({
    subject: 'Your account will be deleted',
    paragraphs: [
      `Your account and your personal data will be deleted on ${writeDate(Number(eraseAtMs), locale)}. Until then, you can log in and cancel the deletion.`,
      NOT_YOU,
    ],
  }),
  deletion_cancelled: () => ({
    subject: 'Your account will not be deleted',
    paragraphs: ['The deletion of your account was cancelled. Nothing was deleted.', NOT_YOU],
  }),
  new_device: ({ device, place }) => ({
    subject: 'New log-in to your account',
    paragraphs: [
      `Someone logged in to your account with another device: ${device}${place ? `, ${place}` : ''}.`,
      NOT_YOU,
    ],
  }),
  low_credit: ({ left }) => ({
    subject: 'Your call credit is low',
    paragraphs: [
      `Your wallet for calls has ${naira(left)}. Top up before your next call, so that it is not cut off.`,
    ],
  }),
  payment_completed: ({ paid, wallet, reference }) => ({
    subject: `We received ${naira(paid)}`,
    paragraphs: [
      `${naira(paid)} arrived and is in your wallet (${walletName(wallet)}).`,
      `Reference: ${reference}`,
    ],
  }),
  payment_partly_paid: ({ paid, amount, wallet, reference }) => ({
    subject: `We received ${naira(paid)} of ${naira(amount)}`,
    paragraphs: [
      `${naira(paid)} arrived and is in your wallet (${walletName(wallet)}). The rest of ${naira(amount)} has not arrived.`,
      `Reference: ${reference}`,
    ],
  }),
  payment_failed: ({ amount, reason, reference }) => ({
    subject: `Your payment of ${naira(amount)} was not completed`,
    paragraphs: [
      `${REASONS[reason ?? ''] ?? 'The payment could not be completed.'} Nothing was credited.`,
      LATE_MONEY,
      `Reference: ${reference}`,
    ],
  }),
  payment_reversed: ({ amount, reference }) => ({
    subject: `Your payment of ${naira(amount)} was taken back`,
    paragraphs: [
      'The bank or the payment gateway took the payment back, so its credit was removed from your wallet.',
      `Reference: ${reference}`,
    ],
  }),
  refund_completed: ({ amount, reference }) => ({
    subject: `Your refund of ${naira(amount)} was paid`,
    paragraphs: [
      `${naira(amount)} went back to the account that paid. Your bank may need some days to show it.`,
      `Reference: ${reference}`,
    ],
  }),
  refund_failed: ({ amount, reference }) => ({
    subject: `Your refund of ${naira(amount)} failed`,
    paragraphs: [
      `${naira(amount)} could not be paid back. The money is in your wallet again.`,
      `Reference: ${reference}`,
    ],
  }),
  endpoint_disabled: ({ host, reason, endpoint }) => ({
    subject: `Your endpoint at ${host} was disabled`,
    paragraphs: [
      `Your endpoint at ${host} receives no more events. ${DISABLED[reason ?? ''] ?? ''}`.trimEnd(),
      reason === 'key_revoked'
        ? 'Your stream keeps each event for 30 days. Create another endpoint to receive them.'
        : 'Your stream keeps each event for 30 days. Enable the endpoint again, and it receives the events that it missed.',
      `Endpoint: ${endpoint}`,
    ],
  }),
}

export const ENGLISH: Wording = {
  greeting: (name) => (name === null ? 'Hello,' : `Hello ${name},`),
  texts: TEXTS,
}
