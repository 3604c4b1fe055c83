/**
 * Monnify's API as the client uses it, with the same paths, bodies and errors. A customer who is set to pay
 * does so at the first status query.
 */
import { Hono } from 'hono'
import { z } from 'zod'
import { faultsFor } from './faults'
import { current, failure, statusOf, success } from './messages'
import { createRefundApi } from './refund-api'
import type { RefundDeps } from './refunds'
import { createSettlementApi } from './settlement-api'
import { type Faults, faultOfAsk } from './scenario'
import type { SimulatedTransaction, SimulatorStore } from './store'
import { amount, SLOW_MS } from './wire-fields'
import { serialNumber, stampOf } from './references'

export interface SimulatorOptions {
  readonly store: SimulatorStore
  readonly apiKey: string
  readonly secretKey: string
  readonly contractCode: string
  readonly customer: 'pays' | 'waits'
  readonly now: () => number
  readonly wait: (ms: number) => Promise<unknown>
  /** Continues work after the response. */
  readonly background: (work: Promise<unknown>) => void
}

const TOKEN_SECONDS = 3600

const initBody = z.object({
  amount,
  customerName: z.string().default('Customer'),
  customerEmail: z.email(),
  paymentReference: z.string().min(3).max(64),
  paymentDescription: z.string().default(''),
  currencyCode: z.literal('NGN'),
  contractCode: z.string(),
  redirectUrl: z.url().optional(),
})

/** @param checkoutOrigin origin of the checkout for a browser */
export function createWireApi(
  options: SimulatorOptions & RefundDeps,
  checkoutOrigin: () => string,
) {
  const { store, apiKey, secretKey, contractCode, now } = options
  const token = btoa(`simulated:${apiKey}`)
  const api = new Hono()

  api.post('/api/v1/auth/login', (c) => {
    if (c.req.header('Authorization') !== `Basic ${btoa(`${apiKey}:${secretKey}`)}`)
      return c.json(failure('Invalid credentials'), 401)
    return c.json(success({ accessToken: token, expiresIn: TOKEN_SECONDS }))
  })

  api.use('/api/*', async (c, next) => {
    if (c.req.header('Authorization') !== `Bearer ${token}`)
      return c.json(failure('Access token expired'), 401)
    return next()
  })

  api.post('/api/v1/merchant/transactions/init-transaction', async (c) => {
    const parsed = initBody.safeParse(await c.req.json().catch(() => undefined))
    if (!parsed.success)
      return c.json(failure('The request could not be completed due to malformed syntax.'), 400)
    const init = parsed.data
    if (init.contractCode !== contractCode)
      return c.json(failure('Could not find specified contract'), 404)
    const faults = faultsFor(await store.faultEntries(now()), init.customerEmail, now())
    const transaction = begin(init, faults, now())
    if (!(await store.insert(transaction)))
      return c.json(failure('Duplicate payment reference'), 422)
    const { transactionReference, paymentReference } = transaction
    return c.json(
      success({
        transactionReference,
        paymentReference,
        merchantName: 'AIleana',
        apiKey,
        enabledPaymentMethod: ['ACCOUNT_TRANSFER', 'CARD'],
        checkoutUrl: `${checkoutOrigin()}/simulator/checkout/${encodeURIComponent(transactionReference)}`,
      }),
    )
  })

  const answerStatus = async (
    found: SimulatedTransaction | undefined,
    reference: string,
  ): Promise<Response> => {
    if (!found)
      return Response.json(
        failure(`Could not find transaction with payment reference ${reference} for merchant`),
        { status: 404 },
      )
    const fault = faultOfAsk(found.faults.status, found.asked)
    const asked = { ...found, ...payIfSet(options, found), asked: found.asked + 1 }
    await store.change(found, asked)
    if (fault === 'error_500') return Response.json(failure('System error'), { status: 500 })
    if (fault === 'text_502') return new Response('error code: 502', { status: 502 })
    if (fault === 'slow') await options.wait(SLOW_MS)
    const told =
      fault === 'contradictory' ? { ...asked, status: 'PENDING' as const, paidKobo: 0 } : asked
    return Response.json(success(statusOf(current(told, now()))))
  }

  api.get('/api/v2/merchant/transactions/query', async (c) => {
    const reference = c.req.query('paymentReference')
    const transactionReference = c.req.query('transactionReference')
    if (reference !== undefined)
      return answerStatus(await store.byPaymentReference(reference), reference)
    return answerStatus(
      await store.byTransactionReference(transactionReference ?? ''),
      transactionReference ?? '',
    )
  })

  api.get('/api/v2/transactions/:reference', async (c) => {
    const reference = c.req.param('reference')
    return answerStatus(await store.byTransactionReference(reference), reference)
  })

  return api.route('/', createRefundApi(options)).route('/', createSettlementApi(options))
}

/** A customer who is set to pay does so at a status query. Others use the checkout page. */
function payIfSet({ customer }: SimulatorOptions, found: SimulatedTransaction) {
  if (customer !== 'pays' || found.isAttended || found.status !== 'PENDING') return {}
  return { status: 'PAID', paidKobo: found.amountKobo } as const
}

function begin(
  init: z.infer<typeof initBody>,
  faults: Faults,
  createdAtMs: number,
): SimulatedTransaction {
  return {
    transactionReference: `MNFY|41|${stampOf(createdAtMs)}|${serialNumber()}`,
    paymentReference: init.paymentReference,
    amountKobo: init.amount,
    paidKobo: 0,
    status: 'PENDING',
    asked: 0,
    faults,
    customerName: init.customerName,
    customerEmail: init.customerEmail,
    description: init.paymentDescription,
    redirectUrl: init.redirectUrl ?? null,
    createdAtMs,
  }
}
