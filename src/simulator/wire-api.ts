/**
 * Monnify's wire API as the client uses it: the same paths, shapes and refusals. A customer who is
 * set to pay has paid by the time that somebody asks about the transaction.
 */
import { Hono } from 'hono'
import { z } from 'zod'
import type { SimulatedTransaction, SimulatorStore } from './store'

export interface SimulatorOptions {
  readonly store: SimulatorStore
  readonly apiKey: string
  readonly secretKey: string
  readonly contractCode: string
  readonly customer: 'pays' | 'waits'
  readonly now: () => number
}

const TOKEN_SECONDS = 3600

const initBody = z.object({
  amount: z.number().positive(),
  customerName: z.string().default('Customer'),
  customerEmail: z.email(),
  paymentReference: z.string().min(3).max(64),
  paymentDescription: z.string().default(''),
  currencyCode: z.literal('NGN'),
  contractCode: z.string(),
  redirectUrl: z.url().optional(),
})

const success = (responseBody: object) => ({
  requestSuccessful: true,
  responseMessage: 'success',
  responseCode: '0',
  responseBody,
})

const failure = (responseMessage: string) => ({
  requestSuccessful: false,
  responseMessage,
  responseCode: '99',
})

/** @param checkoutOrigin where a browser reaches the hosted checkout */
export function createWireApi(options: SimulatorOptions, checkoutOrigin: () => string) {
  const { store, apiKey, secretKey, contractCode, customer, now } = options
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
    const transaction = begin(init, now())
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

  api.get('/api/v2/merchant/transactions/query', async (c) => {
    const reference = c.req.query('paymentReference') ?? ''
    const found = await store.byPaymentReference(reference)
    if (!found)
      return c.json(
        failure(`Could not find transaction with payment reference ${reference} for merchant`),
        404,
      )
    const hasPaid =
      customer === 'pays' && (await store.finish(found.transactionReference, 'PAID', found.amount))
    return c.json(
      success(statusOf(hasPaid ? { ...found, status: 'PAID', amountPaid: found.amount } : found)),
    )
  })

  return api
}

function begin(init: z.infer<typeof initBody>, createdAtMs: number): SimulatedTransaction {
  const stamp = new Date(createdAtMs).toISOString().replaceAll(/\D/g, '').slice(0, 14)
  const serial = crypto.getRandomValues(new Uint32Array(1)).join('').padStart(10, '0')
  return {
    transactionReference: `MNFY|41|${stamp}|${serial}`,
    paymentReference: init.paymentReference,
    amount: init.amount.toFixed(2),
    amountPaid: '0.00',
    currency: init.currencyCode,
    status: 'PENDING',
    customerName: init.customerName,
    customerEmail: init.customerEmail,
    description: init.paymentDescription,
    redirectUrl: init.redirectUrl ?? null,
    createdAtMs,
  }
}

/** The body of a status answer, and, with amounts as numbers, the data of an event. */
export function statusOf(transaction: SimulatedTransaction) {
  const { transactionReference, paymentReference, amountPaid, currency, status } = transaction
  const isOpen = status === 'PENDING'
  return {
    transactionReference,
    paymentReference,
    amountPaid,
    totalPayable: isOpen ? '0.00' : transaction.amount,
    settlementAmount: isOpen ? null : amountPaid,
    paidOn: isOpen
      ? null
      : new Date(transaction.createdAtMs).toISOString().replace('T', ' ').replace('Z', ''),
    paymentStatus: status,
    paymentDescription: transaction.description,
    currency,
    paymentMethod: 'ACCOUNT_TRANSFER',
    product: { type: 'API_NOTIFICATION', reference: paymentReference },
    cardDetails: null,
    customer: { email: transaction.customerEmail, name: transaction.customerName },
    metaData: {},
  }
}
