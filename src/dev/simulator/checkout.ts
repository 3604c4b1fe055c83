/** Routes of the simulated checkout: its page, and one route for each ending. */
import { Hono } from 'hono'
import { z } from 'zod'
import { checkoutPage, checkoutTitle } from './checkout-page'
import { current } from './messages'
import type { ShowPage } from './page'
import {
  afterEnding,
  ENDINGS,
  isPayable,
  METHOD_OF,
  STATUS_FAULTS,
  WAYS,
  WEBHOOK_FAULTS,
  type WebhookFault,
} from './scenario'
import type { SimulatedTransaction, SimulatorStore } from './store'

const choice = z.object({
  way: z.enum(WAYS).catch('transfer'),
  webhook: z.enum(WEBHOOK_FAULTS).optional().catch(undefined),
  status: z.enum(STATUS_FAULTS).optional().catch(undefined),
})

export interface CheckoutOptions {
  readonly store: SimulatorStore
  readonly now: () => number
  readonly show: ShowPage
  /** Called for each payment, to send the webhook. */
  readonly onPaid: (transaction: SimulatedTransaction, fault: WebhookFault) => Promise<void>
}

export function createCheckout({ store, now, show, onPaid }: CheckoutOptions) {
  const pages = new Hono()
  const find = async (reference: string) => {
    const found = await store.byTransactionReference(reference)
    return found && { stored: found, shown: current(found, now()) }
  }

  /** A person who opens the page uses the checkout, so the simulated customer no longer pays automatically. */
  pages.get('/checkout/:reference', async (c) => {
    const found = await find(c.req.param('reference'))
    if (!found) return c.notFound()
    if (isPayable(found.shown.status) && !found.stored.isAttended)
      await store.change(found.stored, { isAttended: true })
    return show(c, checkoutTitle(found.shown), checkoutPage(found.shown))
  })

  pages.post('/checkout/:reference/:ending', async (c) => {
    const ending = ENDINGS.find((name) => name === c.req.param('ending'))
    const found = await find(c.req.param('reference'))
    if (!ending || !found) return c.notFound()
    const { way, webhook, status } = choice.parse(await c.req.parseBody())
    const { stored, shown } = found
    const faults = {
      webhook: webhook ?? stored.faults.webhook,
      status: status ?? stored.faults.status,
    }
    const after = afterEnding(shown, ending)
    const changed = after && { ...after, asked: 0, faults, method: METHOD_OF[way] }
    const isFirst = changed !== undefined && (await store.change(stored, changed))
    if (isFirst && changed.paidKobo > stored.paidKobo)
      await onPaid({ ...stored, ...changed }, faults.webhook)
    const back = isFirst && !isPayable(changed.status) ? stored.redirectUrl : null
    return c.redirect(
      back ?? `/simulator/checkout/${encodeURIComponent(stored.transactionReference)}`,
      303,
    )
  })

  return pages
}
