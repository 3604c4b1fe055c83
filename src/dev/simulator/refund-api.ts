/** Monnify's refund API. Its codes follow from the state, and then from the selected fault. */
import { Hono } from 'hono'
import { z } from 'zod'
import { refundSettingFor } from './faults'
import { current, failure, refundFailure, refundOf, success } from './messages'
import { codeOf, codeOfFault, type RefundCode } from './refund-rules'
import { announceRefund, countQuery, insertRefund, type RefundDeps } from './refunds'
import type { RefundFault, RefundSetting } from './scenario'
import type { SimulatedTransaction } from './store'
import { amount, SLOW_MS } from './wire-fields'

const PATH = '/api/v1/refunds'
const MAX_PAGE_SIZE = 50

const orderBody = z
  .object({
    transactionReference: z.string().min(1),
    refundReference: z.string().min(1).max(64),
    refundAmount: amount,
    refundReason: z.string().min(1),
    customerNote: z.string().min(1),
    destinationAccountNumber: z.string().length(10).optional(),
    destinationAccountBankCode: z.string().min(1).optional(),
  })
  .refine(
    (order) =>
      (order.destinationAccountNumber === undefined) ===
      (order.destinationAccountBankCode === undefined),
  )

const pageQuery = z.object({
  page: z.coerce.number().int().min(0).max(100_000).catch(0),
  size: z.coerce.number().int().min(1).catch(10),
})

type Order = z.infer<typeof orderBody>

export interface RefundApiOptions extends RefundDeps {
  readonly background: (work: Promise<unknown>) => void
}

export function createRefundApi(options: RefundApiOptions) {
  const { store, now, wait, background } = options
  const api = new Hono()

  const codeOfOrder = (
    order: Order,
    transaction: SimulatedTransaction | undefined,
    isReferenceUsed: boolean,
  ): RefundCode | undefined =>
    codeOf({
      amountKobo: order.refundAmount,
      reason: order.refundReason,
      note: order.customerNote,
      isReferenceUsed,
      transaction: transaction && {
        paidKobo: transaction.paidKobo,
        method: transaction.method ?? 'ACCOUNT_TRANSFER',
      },
    })

  /** Response of a fault that loses the order or its response; `undefined` for other faults. */
  async function lost(fault: RefundFault): Promise<Response | undefined> {
    if (fault.startsWith('timeout')) {
      await wait(SLOW_MS)
      return new Response('error code: 504', { status: 504 })
    }
    return fault.startsWith('error_500')
      ? Response.json(failure('System error'), { status: 500 })
      : undefined
  }

  async function take(
    order: Order,
    transaction: SimulatedTransaction,
    setting: RefundSetting,
  ): Promise<Response> {
    const { refundReference, destinationAccountNumber, destinationAccountBankCode } = order
    const refund = await insertRefund(options, transaction, {
      refundReference,
      amountKobo: order.refundAmount,
      reason: order.refundReason,
      note: order.customerNote,
      destination:
        destinationAccountNumber !== undefined && destinationAccountBankCode !== undefined
          ? { accountNumber: destinationAccountNumber, bankCode: destinationAccountBankCode }
          : null,
      setting,
    })
    if (!refund) return refused((await store.refund(refundReference)) ? 'R9' : 'R12')
    background(announceRefund(options, refund))
    const accepted = { ...refund, status: 'PENDING', completedAtMs: null } as const
    return (await lost(setting.fault)) ?? Response.json(success(refundOf(accepted)))
  }

  api.post(`${PATH}/initiate-refund`, async (c) => {
    const parsed = orderBody.safeParse(await c.req.json().catch(() => undefined))
    if (!parsed.success)
      return c.json(failure('The request could not be completed due to malformed syntax.'), 400)
    const order = parsed.data
    const found = await store.byTransactionReference(order.transactionReference)
    const transaction = found && current(found, now())
    const isUsed = (await store.refund(order.refundReference)) !== undefined
    const code = codeOfOrder(order, transaction, isUsed)
    if (code !== undefined || !transaction) return refused(code ?? 'R1')
    const entries = await store.faultEntries(now())
    const setting = refundSettingFor(entries, transaction.customerEmail, now())
    const faultCode = codeOfFault(setting.fault)
    if (faultCode !== undefined) return refused(faultCode)
    if (setting.fault === 'timeout' || setting.fault === 'error_500')
      return (await lost(setting.fault)) ?? refused('99')
    return take(order, transaction, setting)
  })

  api.get(PATH, async (c) => {
    const { page, size } = pageQuery.parse(c.req.query())
    const shown = Math.min(size, MAX_PAGE_SIZE)
    const content = (await store.refunds(page, shown)).map(refundOf)
    return c.json(success({ content, number: page, size: shown, last: content.length < shown }))
  })

  api.get(`${PATH}/:reference`, async (c) => {
    const found = await store.refund(c.req.param('reference'))
    if (!found) return refused('R7')
    const { refund, isCompleted } = await countQuery(options, found)
    if (isCompleted) background(announceRefund(options, refund))
    return c.json(success(refundOf(refund)))
  })

  return api
}

const refused = (code: RefundCode): Response =>
  Response.json(refundFailure(code), { status: code === 'R1' || code === 'R7' ? 404 : 422 })
