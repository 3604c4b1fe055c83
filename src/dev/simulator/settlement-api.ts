/** Settlements at the simulated gateway: made by a control, listed by Monnify's API. */
import { Hono } from 'hono'
import { z } from 'zod'
import { settlementAnnouncement } from './announcements'
import { readInput, respond, userOf } from './exchange'
import { faultsFor, settlementFaultFor } from './faults'
import { settledOf, success } from './messages'
import type { RefundDeps } from './refunds'
import { SETTLEMENT_FAULTS } from './scenario'
import { linesOf, type SettledLine } from './settled-lines'
import type { SimulatorStore } from './store'
import { serialNumber, stampOf } from './references'

const MAX_PAGE_SIZE = 50

const pageQuery = z.object({
  reference: z.string().default(''),
  page: z.coerce.number().int().min(0).max(100_000).catch(0),
  size: z.coerce.number().int().min(1).catch(10),
})

/** Monnify's list of a settlement's transactions. */
export function createSettlementApi({ store }: { readonly store: SimulatorStore }) {
  return new Hono().get('/api/v1/transactions/find-by-settlement-reference', async (c) => {
    const { reference, page, size: asked } = pageQuery.parse(c.req.query())
    const size = Math.min(asked, MAX_PAGE_SIZE)
    const content = await store.settled(reference, page, size)
    return c.json(success({ content, number: page, size, last: content.length < size }))
  })
}

const faultInput = z.object({ fault: z.enum(SETTLEMENT_FAULTS) })

/** Controls for forms and programs: settle all paid transactions, and the fault of later settlements. */
export function createSettlements({ store, now, announce }: RefundDeps) {
  const routes = new Hono()

  routes.post('/settlements', async (c) => {
    const settledAtMs = now()
    const reference = `SETTLEMENT${stampOf(settledAtMs)}${serialNumber()}`
    const entries = await store.faultEntries(settledAtMs)
    const lines: SettledLine[] = []
    let settled = 0
    for (const transaction of await store.unsettled(settledAtMs)) {
      if (!(await store.change(transaction, { settlement: reference }))) continue
      const { fault } = settlementFaultFor(entries, transaction.customerEmail, settledAtMs)
      const other = `MNFY|41|${stampOf(settledAtMs)}|${serialNumber()}`
      const theirs = { transactionReference: other, paymentReference: other }
      lines.push(...linesOf(transaction, fault, theirs))
      settled += 1
    }
    if (settled === 0) return c.text('No paid transaction awaits a settlement.', 409)
    await store.insertSettlement(reference, lines.map(settledOf))
    const announcement = settlementAnnouncement(reference, lines, settledAtMs)
    const { webhook } = faultsFor(entries, null, settledAtMs)
    await announce(announcement, webhook)
    return respond(c, announcement.event)
  })

  routes.on(['PUT', 'POST'], '/settlement-fault', async (c) => {
    const input = await readInput(c)
    const setting = faultInput.safeParse(input)
    if (!setting.success) return c.text(z.prettifyError(setting.error), 400)
    await store.setSettlementFault(setting.data, now(), userOf(c, input))
    return c.req.method === 'PUT' ? c.json(setting.data) : respond(c, setting.data)
  })

  return routes
}
