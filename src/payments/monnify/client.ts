/** Client of Monnify's API: initialises and queries transactions, and orders refunds. */
import { z } from 'zod'
import { type Kobo, toNairaNumber } from '../../common/money'
import { ok, refuse, type Result } from '../../common/result'
import { CURRENCY } from '../../wallets/core/wallet'
import type { GatewayTransaction } from '../core/payment'
import { createRefunds, type RefundGateway } from './refunds'
import { createSettlements, type SettlementGateway } from './settlements'
import {
  amountSchema,
  createCall,
  gatewayText,
  type RequestOptions,
  unavailable,
  unreadable,
} from './requests'

export interface MonnifyOptions extends RequestOptions {
  readonly contractCode: string
  readonly redirectUrl: string | undefined
}

export interface Checkout {
  readonly paymentReference: string
  readonly amountKobo: Kobo
  readonly description: string | null
  readonly customer: { readonly name: string; readonly email: string }
}

export interface InitialisedCheckout {
  readonly transactionReference: string
  readonly checkoutUrl: string
}

/** Payments at the gateway. Both methods refuse `gateway_unavailable` without a usable response. */
export interface Gateway {
  /** Opens a checkout. Also refuses `gateway_refused` if Monnify rejects it. */
  initialise(checkout: Checkout): Promise<Result<InitialisedCheckout>>
  /** Returns `undefined` while Monnify does not know the reference. */
  query(
    reference: string,
    by?: 'paymentReference' | 'transactionReference',
  ): Promise<Result<GatewayTransaction | undefined>>
}

const initialisedSchema = z.object({
  transactionReference: gatewayText,
  checkoutUrl: gatewayText.pipe(z.url()),
})

const transactionSchema = z.object({
  transactionReference: gatewayText,
  paymentReference: gatewayText,
  paymentStatus: gatewayText,
  amountPaid: amountSchema,
  currency: gatewayText,
})

/** Monnify's messages for a reference that it does not know (yet). */
const UNKNOWN_REFERENCE = /could not find transaction|no transaction matching/i

export function createMonnify(
  options: MonnifyOptions,
): Gateway & RefundGateway & SettlementGateway {
  const call = createCall(options)
  return {
    ...createRefunds(call),
    ...createSettlements(call),

    async initialise({ paymentReference, amountKobo, description, customer }) {
      const called = await call(
        'initialise',
        'POST',
        '/api/v1/merchant/transactions/init-transaction',
        {
          amount: toNairaNumber(amountKobo),
          customerName: lineOf(customer.name, customer.email),
          customerEmail: customer.email,
          paymentReference,
          paymentDescription: lineOf(description, 'Wallet top-up'),
          currencyCode: CURRENCY,
          contractCode: options.contractCode,
          redirectUrl: options.redirectUrl,
        },
      )
      if (!called.ok) return called
      const { status, envelope } = called.value
      if (envelope && !envelope.requestSuccessful && status < 500)
        return refuse({
          code: 'gateway_refused',
          reason: envelope.responseMessage || 'Monnify gave no reason.',
        })
      const initialised = initialisedSchema.safeParse(envelope?.responseBody)
      return initialised.success
        ? ok(initialised.data)
        : unavailable('initialise', `status ${status}`)
    },

    async query(reference, by = 'paymentReference') {
      const search = new URLSearchParams({ [by]: reference })
      const called = await call(
        'query',
        'GET',
        `/api/v2/merchant/transactions/query?${search.toString()}`,
      )
      if (!called.ok) return called
      const { status, envelope } = called.value
      if (
        envelope &&
        !envelope.requestSuccessful &&
        UNKNOWN_REFERENCE.test(envelope.responseMessage ?? '')
      )
        return ok(undefined)
      const transaction = transactionSchema.safeParse(envelope?.responseBody)
      if (!envelope?.requestSuccessful) return unavailable('query', `status ${status}`)
      if (!transaction.success) return unreadable('query', `status ${status}`)
      const { paymentStatus, amountPaid, ...rest } = transaction.data
      return ok({ ...rest, status: paymentStatus, amountPaidKobo: amountPaid })
    },
  }
}

/** Monnify requires names and descriptions of at least 3 characters, and truncates them at 100. */
const lineOf = (text: string | null, fallback: string): string =>
  (text && text.length >= 3 ? text : fallback).slice(0, 100)
