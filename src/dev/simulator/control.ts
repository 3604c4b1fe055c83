/** Routes of the console and of forms: faults of future payments, and checkouts with a person. */
import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { isJson, readInput, userOf } from './exchange'
import { activeFaults, appliedTo, ownFaults } from './faults'
import { NO_FAULTS, STATUS_FAULTS, WEBHOOK_FAULTS } from './scenario'
import type { SimulatorStore } from './store'

const faultsSchema = z.object({
  webhook: z.enum(WEBHOOK_FAULTS),
  status: z.enum(STATUS_FAULTS),
})

/** Path on this host, so that a checkout cannot lead elsewhere. */
const attendanceSchema = z.object({ back: z.string().regex(/^\/\w+$/) })

/** With `payment`, the faults of that payment are cleared too, and the response redirects to its checkout. */
const clearSchema = z.object({ payment: z.string().max(64).optional() }).catch({})

export interface ControlOptions {
  readonly store: SimulatorStore
  readonly now: () => number
}

export function createControl({ store, now }: ControlOptions) {
  const control = new Hono()

  control.get('/faults', async (c) =>
    c.json(ownFaults(await store.faultEntries(now()), userOf(c), now())),
  )

  /** Faults that apply to a user, or all faults without one. */
  control.get('/faults/active', async (c) => {
    const entries = await store.faultEntries(now())
    const user = userOf(c)
    return c.json(activeFaults(user === null ? entries : appliedTo(entries, user, now())))
  })

  control.on(['PUT', 'POST'], '/faults', async (c) => {
    const input = await readInput(c)
    const faults = faultsSchema.safeParse(input)
    if (!faults.success) return c.text(z.prettifyError(faults.error), 400)
    await store.setFaults(faults.data, now(), userOf(c, input))
    return c.req.method === 'PUT' ? c.json(faults.data) : c.redirect('/simulator', 303)
  })

  control.post('/faults/clear', async (c) => {
    const input = await readInput(c)
    const { payment } = clearSchema.parse(input)
    if (payment !== undefined && !(await store.byPaymentReference(payment))) return c.notFound()
    await store.clearFaults(userOf(c, input))
    if (payment !== undefined) return clearPayment(c, payment)
    return isJson(c) ? c.body(null, 204) : c.redirect('/simulator', 303)
  })

  async function clearPayment(c: Context, reference: string): Promise<Response> {
    const found = await store.byPaymentReference(reference)
    if (!found) return c.notFound()
    await store.change(found, { faults: NO_FAULTS })
    const path = encodeURIComponent(found.transactionReference)
    return c.redirect(`/simulator/checkout/${path}`, 303)
  }

  control.put('/checkout/:payment/attendance', async (c) => {
    const asked = attendanceSchema.safeParse(await c.req.json().catch(() => undefined))
    if (!asked.success) return c.text(z.prettifyError(asked.error), 400)
    const found = await store.byPaymentReference(c.req.param('payment'))
    if (!found) return c.notFound()
    const isChanged = await store.change(found, { isAttended: true, redirectUrl: asked.data.back })
    return c.body(null, isChanged ? 204 : 409)
  })

  return control
}
