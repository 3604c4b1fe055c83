/** JSON routes of the console: faults of future payments, and checkouts with a person. */
import { Hono } from 'hono'
import { z } from 'zod'
import { STATUS_FAULTS, WEBHOOK_FAULTS } from './scenario'
import type { SimulatorStore } from './store'

export const faultsSchema = z.object({
  webhook: z.enum(WEBHOOK_FAULTS),
  status: z.enum(STATUS_FAULTS),
})

/** Path on this host, so that a checkout cannot lead elsewhere. */
const attendanceSchema = z.object({ back: z.string().regex(/^\/\w+$/) })

export function createControl(store: SimulatorStore) {
  const control = new Hono()

  control.get('/faults', async (c) => c.json(await store.faults()))

  control.put('/faults', async (c) => {
    const faults = faultsSchema.safeParse(await c.req.json().catch(() => undefined))
    if (!faults.success) return c.text(z.prettifyError(faults.error), 400)
    await store.setFaults(faults.data)
    return c.json(faults.data)
  })

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
