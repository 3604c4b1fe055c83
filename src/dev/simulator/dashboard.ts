/**
 * Routes that play the merchant and the bank, for forms and programs: refunds in Monnify's dashboard, reversals and
 * disputes by the customer's bank, and the fault of future refunds.
 */
import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { parseNaira } from '../../common/money'
import { readInput, respond, userOf } from './exchange'
import { refundSettingFor } from './faults'
import { current, refundOf, statusOf } from './messages'
import { announceRefund, insertRefund, type RefundDeps } from './refunds'
import { NO_REFUND_FAULT, REFUND_FAULTS } from './scenario'
import type { Reversal, SimulatedTransaction } from './store'
import { serialNumber, stampOf } from './references'

const DAY_MS = 86_400_000

const refundInput = z.object({
  amount: z.union([z.number(), z.string()]).transform((naira, context) => {
    const parsed = parseNaira(naira)
    if (parsed !== undefined && parsed > 0) return parsed
    context.addIssue({ code: 'custom', message: 'It must be a positive amount of naira.' })
    return z.NEVER
  }),
})

const reversalInput = z.object({ days: z.coerce.number().min(0).max(400).default(0) })

const refundFaultInput = z.object({
  fault: z.enum(REFUND_FAULTS),
  queries: z.coerce.number().int().min(1).max(100).default(NO_REFUND_FAULT.queries),
})

export function createDashboard(deps: RefundDeps) {
  const { store, now } = deps
  const routes = new Hono()

  /** Finds a payment by its own reference or that of Monnify. */
  async function find(reference: string) {
    const stored =
      (await store.byPaymentReference(reference)) ?? (await store.byTransactionReference(reference))
    return stored && { stored, shown: current(stored, now()) }
  }

  routes.post('/payments/:payment/refunds', async (c) => {
    const input = refundInput.safeParse(await readInput(c))
    if (!input.success) return c.text(z.prettifyError(input.error), 400)
    const found = await find(c.req.param('payment'))
    if (!found) return c.notFound()
    const refund = await insertRefund(deps, found.shown, {
      refundReference: `TRFD|41|${stampOf(now())}|${serialNumber()}`,
      amountKobo: input.data.amount,
      reason: 'Refund of the dashboard',
      note: 'Refund',
      destination: null,
      setting: NO_REFUND_FAULT,
    })
    if (!refund) return c.text('All refunds together would exceed what was paid.', 409)
    await announceRefund(deps, refund)
    return respond(c, refundOf(refund))
  })

  async function reverse(c: Context, payment: string, kind: Reversal['kind']) {
    const input = reversalInput.safeParse(await readInput(c))
    if (!input.success) return c.text(z.prettifyError(input.error), 400)
    const found = await find(payment)
    if (!found) return c.notFound()
    const { stored } = found
    if (stored.paidKobo === 0) return c.text('The payment has received no money.', 409)
    if (stored.reversal) return c.text('The payment already has a reversal.', 409)
    return changeTo(c, stored, { kind, atMs: now() + Math.round(input.data.days * DAY_MS) })
  }

  async function changeTo(
    c: Context,
    stored: SimulatedTransaction,
    reversal: Reversal | undefined,
  ): Promise<Response> {
    if (!(await store.change(stored, { reversal })))
      return c.text('The payment has changed. Repeat the request.', 409)
    const changed = { ...stored, reversal }
    const atMs = reversal?.atMs
    return respond(c, {
      ...statusOf(current(changed, now())),
      reversedFrom: atMs === undefined ? null : new Date(atMs).toISOString(),
    })
  }

  routes.post('/payments/:payment/reversal', (c) => reverse(c, c.req.param('payment'), 'reversal'))

  routes.post('/payments/:payment/dispute', (c) => reverse(c, c.req.param('payment'), 'dispute'))

  routes.post('/payments/:payment/dispute/won', async (c) => {
    const found = await find(c.req.param('payment'))
    if (!found) return c.notFound()
    const { stored } = found
    if (stored.reversal?.kind !== 'dispute') return c.text('The payment has no dispute.', 409)
    return changeTo(c, stored, undefined)
  })

  routes.get('/refund-fault', async (c) =>
    c.json(refundSettingFor(await store.faultEntries(now()), c.req.query('user') ?? null, now())),
  )

  routes.on(['PUT', 'POST'], '/refund-fault', async (c) => {
    const input = await readInput(c)
    const setting = refundFaultInput.safeParse(input)
    if (!setting.success) return c.text(z.prettifyError(setting.error), 400)
    await store.setRefundFault(setting.data, now(), userOf(c, input))
    return c.req.method === 'PUT' ? c.json(setting.data) : respond(c, setting.data)
  })

  return routes
}
