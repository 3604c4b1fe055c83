/**
 * Delivery of messages: at least once, in the background. A failing provider delays a message and never the request
 * that caused it. An attempt is counted before it begins, so two runs never send the same message together.
 */
import { logError, logEvent } from '../common/log'
import { nextAttempt } from '../common/next-attempt'
import type { Locale } from '../common/text/locale'
import { write } from './letter'
import { MAIL_RETRIES, type Facts, type MessageKind } from './message'
import type { MailProvider } from './provider'
import { expiryOf, type MessageRow, type MessageStore } from './store'
import { greetingOf, textOf } from './texts/texts'

/** A message with the data that is read at its delivery. */
export interface Prepared {
  /** May differ from the row's, if what was learnt at delivery needs another text. */
  readonly kind: MessageKind
  readonly to: string
  readonly name: string | null
  readonly locale: Locale
  readonly link?: string
}

export interface MailDeps {
  readonly messageStore: MessageStore
  readonly mailProvider: MailProvider
  /** Returns `undefined` if the message has no one to go to, or is not wanted. May be repeated. */
  readonly prepareMessage: (row: MessageRow) => Promise<Prepared | undefined>
  readonly now: () => number
}

/** How features cause a delivery. Their messages are rows already, so a delivery may also come later. */
export interface DeliveryDeps {
  /**
   * Delivers due messages in the background. `unlinkably`: after a random delay, so that the work does not slow down
   * the sender's next request.
   */
  readonly deliverMail: (how?: 'unlinkably') => void
}

/** Messages of one run. The cron job's next run continues. */
const AT_ONCE = 100

/** Delivers the messages that are due, one after the other. A failure does not stop the others. */
export async function deliverMessages(deps: MailDeps, limit = AT_ONCE): Promise<void> {
  try {
    for (const row of await deps.messageStore.listDue(deps.now(), limit)) await attempt(deps, row)
  } catch (error) {
    logError('messages_not_delivered', error)
  }
}

async function attempt(deps: MailDeps, row: MessageRow): Promise<void> {
  const { messageStore } = deps
  try {
    const nowMs = deps.now()
    const expiresAtMs = expiryOf(row)
    if (nowMs >= expiresAtMs) return await abandon(deps, row, 'expired')
    /** After the last attempt, the row is due once more at its end, to be abandoned. */
    const retryAtMs = nextAttempt(row.attempts, nowMs, MAIL_RETRIES) ?? expiresAtMs
    if (!(await messageStore.beginAttempt(row, Math.min(retryAtMs, expiresAtMs)))) return
    const prepared = await deps.prepareMessage(row)
    if (!prepared) return await messageStore.end(row.id, 'void')
    const { kind, to, name, locale, link } = prepared
    const text = textOf(kind, JSON.parse(row.facts) as Facts, locale)
    const letter = await write(text, greetingOf(name, locale), locale.language, link)
    const delivery = await deps.mailProvider.send({ id: row.id, to, ...letter })
    if (delivery.kind === 'rejected') return await abandon(deps, row, delivery.reason)
    await messageStore.end(row.id, 'sent', { atMs: deps.now(), providerId: delivery.providerId })
    logEvent('message_sent', { kind })
  } catch (error) {
    logError('message_failed', error, { kind: row.kind })
  }
}

async function abandon(deps: MailDeps, row: MessageRow, reason: string): Promise<void> {
  await deps.messageStore.end(row.id, 'abandoned')
  logEvent('message_abandoned', { kind: row.kind, reason })
}
