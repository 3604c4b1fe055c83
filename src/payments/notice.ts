/**
 * The first moment at which the service can know of money: an event that reports it, or a customer who returns from the
 * checkout. From then on the payment is polled more often, until the gateway's answer or an exception after 30 s.
 */
import { logError } from '../common/log'
import { nextNoticePoll, type NoticeCause } from './core/polls'
import type { News, PaymentStore } from './store'

export interface NoticeDeps {
  readonly paymentStore: PaymentStore
  readonly startPoller: (reference: string, atMs: number) => Promise<void>
  readonly now: () => number
}

/**
 * Wakes a payment's poller soon. The news is stored after that, so that news which is stored is always polled. A
 * failure is only logged, because the sweep polls the payment later.
 * @param reference the payment's own
 */
export async function prepareNews(
  deps: NoticeDeps,
  reference: string,
  cause: NoticeCause,
): Promise<News> {
  const nowMs = deps.now()
  const pollAtMs = nextNoticePoll(nowMs, nowMs) ?? nowMs
  await deps
    .startPoller(reference, pollAtMs)
    .catch((error: unknown) => logError('poller_start_failed', error, { reference }))
  return { reference, cause, nowMs, pollAtMs }
}
