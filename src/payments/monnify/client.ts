/**
 * Client of Monnify's API: log in, initialise a transaction, query a transaction. Responses are not
 * trusted: time and size are limited, redirects are not followed, and amounts must be exact. A request
 * is repeated only after a 401, with a new token.
 */
import { z } from 'zod'
import { logEvent } from '../../common/log'
import { type Kobo, parseNaira, toNairaNumber } from '../../common/money'
import { ok, refuse, type Result } from '../../common/result'
import { CURRENCY } from '../../wallets/core/wallet'
import type { GatewayTransaction } from '../core/payment'

const TIMEOUT_MS = 10_000
const MAX_ANSWER_BYTES = 64 * 1024
const TOKEN_MARGIN_MS = 60_000
const DEFAULT_TOKEN_SECONDS = 3600

export interface MonnifyOptions {
  readonly baseUrl: string
  readonly apiKey: string
  readonly secretKey: string
  readonly contractCode: string
  readonly redirectUrl: string | undefined
  readonly fetch: (request: Request) => Promise<Response>
  readonly now: () => number
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

/** Payment gateway. Both methods refuse `gateway_unavailable` without a usable response. */
export interface Gateway {
  /** Opens a checkout. Also refuses `gateway_refused` if Monnify rejects it. */
  initialise(checkout: Checkout): Promise<Result<InitialisedCheckout>>
  /** Returns `undefined` while Monnify does not know the reference. */
  query(
    reference: string,
    by?: 'paymentReference' | 'transactionReference',
  ): Promise<Result<GatewayTransaction | undefined>>
}

/** Text that is stored or compared. Rejects U+FFFD, which replaces bytes that are not UTF-8. */
const gatewayText = z
  .string()
  .min(1)
  .refine((text) => text.isWellFormed() && !text.includes('\ufffd'))

const envelopeSchema = z.object({
  requestSuccessful: z.boolean(),
  responseMessage: z.string().nullish(),
  responseBody: z.unknown().optional(),
})

const loginSchema = z.object({
  accessToken: z.string().min(1),
  expiresIn: z.coerce.number().positive().catch(DEFAULT_TOKEN_SECONDS),
})

const initialisedSchema = z.object({
  transactionReference: gatewayText,
  checkoutUrl: gatewayText.pipe(z.url()),
})

const amountSchema = z.union([z.number(), z.string()]).transform((amount, context) => {
  const parsed = parseNaira(amount)
  if (parsed !== undefined) return parsed
  context.addIssue({ code: 'custom', message: 'not an amount' })
  return z.NEVER
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

interface Answer {
  readonly status: number
  readonly envelope: z.infer<typeof envelopeSchema> | undefined
}

const unavailable = (step: string, reason: string) => {
  logEvent('gateway_unavailable', { step, reason })
  return refuse({ code: 'gateway_unavailable' })
}

const unreadable = (step: string, reason: string) => {
  logEvent('gateway_unreadable', { step, reason })
  return refuse({ code: 'gateway_unavailable', isUnreadable: true })
}

export function createMonnify(options: MonnifyOptions): Gateway {
  let cachedToken: { value: string; staleAtMs: number } | undefined

  async function send(
    method: string,
    path: string,
    authorization: string,
    body?: object,
  ): Promise<Answer> {
    const request = new Request(`${options.baseUrl}${path}`, {
      method,
      headers: {
        Authorization: authorization,
        Accept: 'application/json',
        'User-Agent': 'aileana/1',
        ...(body ? { 'Content-Type': 'application/json' } : {}),
      },
      redirect: 'manual',
      signal: AbortSignal.timeout(TIMEOUT_MS),
      ...(body ? { body: JSON.stringify(body) } : {}),
    })
    const response = await options.fetch(request)
    return { status: response.status, envelope: parseEnvelope(await boundedText(response)) }
  }

  async function token(): Promise<Result<string>> {
    if (cachedToken && options.now() < cachedToken.staleAtMs) return ok(cachedToken.value)
    const credentials = btoa(`${options.apiKey}:${options.secretKey}`)
    const { status, envelope } = await send(
      'POST',
      '/api/v1/auth/login',
      `Basic ${credentials}`,
      {},
    )
    const login = loginSchema.safeParse(envelope?.responseBody)
    if (!envelope?.requestSuccessful || !login.success)
      return unavailable('login', `status ${status}`)
    const { accessToken, expiresIn } = login.data
    cachedToken = {
      value: accessToken,
      staleAtMs: options.now() + expiresIn * 1000 - TOKEN_MARGIN_MS,
    }
    return ok(accessToken)
  }

  /** Sends a request, and after a 401 once more with a new token. */
  async function call(
    step: string,
    method: string,
    path: string,
    body?: object,
  ): Promise<Result<Answer>> {
    try {
      for (const isRetry of [false, true]) {
        const bearer = await token()
        if (!bearer.ok) return bearer
        const answer = await send(method, path, `Bearer ${bearer.value}`, body)
        if (answer.status !== 401) return ok(answer)
        cachedToken = undefined
        if (isRetry) break
      }
      return unavailable(step, 'the token was refused twice')
    } catch (error) {
      return unavailable(step, error instanceof Error ? error.name : 'unknown')
    }
  }

  return {
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

async function boundedText(response: Response): Promise<string> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of response.body ?? []) {
    size += chunk.length
    if (size > MAX_ANSWER_BYTES) throw new Error('the answer is too large')
    chunks.push(chunk)
  }
  return new TextDecoder().decode(Buffer.concat(chunks))
}

function parseEnvelope(text: string): z.infer<typeof envelopeSchema> | undefined {
  try {
    return envelopeSchema.safeParse(JSON.parse(text)).data
  } catch {
    return undefined
  }
}
