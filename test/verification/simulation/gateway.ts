/**
 * A model of Monnify behind the service's own client. It stores what customers did, and records for the auditor
 * what the status query returned, which may be less.
 */
import type { Faults, GatewayFault } from './faults'
import { RefundTwin, type TwinRefund } from './refund-twin'
import type { Transaction } from './transaction'
import type { Scheduler } from './scheduler'

/** Usable content of a response. */
export type Said =
  | { readonly kind: 'received'; readonly kobo: number }
  | { readonly kind: 'reversed' | 'other' }

const SLOW_MS = 8000

const naira = (amountKobo: number): string => (amountKobo / 100).toFixed(2)

export class GatewayTwin {
  readonly transactions = new Map<string, Transaction>()
  /** Responses for each reference since the current operation began. */
  readonly said = new Map<string, Said[]>()
  readonly refunds = new RefundTwin()
  /** Number of requests. */
  asked = 0
  readonly #faults: Faults
  readonly #scheduler: Scheduler
  readonly #pass: (ms: number) => void

  constructor(faults: Faults, scheduler: Scheduler, pass: (ms: number) => void) {
    this.#faults = faults
    this.#scheduler = scheduler
    this.#pass = pass
  }

  readonly fetch = async (request: Request): Promise<Response> => {
    await this.#scheduler.turn()
    this.asked += 1
    const { pathname, searchParams } = new URL(request.url)
    const fault = this.#faults.gatewayFault()
    if (fault === 'slow') this.#pass(SLOW_MS)
    if (fault === 'down') throw new TypeError('connection refused')
    if (fault === 'failing') return new Response('Bad Gateway', { status: 502 })
    if (fault === 'garbled') return new Response('{"requestSuccessful": tru', { status: 200 })
    if (pathname === '/api/v1/auth/login') return answer({ accessToken: 'token', expiresIn: 3600 })
    if (fault === 'unauthorized') return answer({}, 401, false)
    if (pathname.endsWith('/init-transaction')) return this.#initialise(await request.json(), fault)
    if (pathname.startsWith('/api/v1/refunds')) return this.#refund(request, fault)
    const transactionReference = searchParams.get('transactionReference')
    const paymentReference = transactionReference?.replace('MNFY|', '')
    return this.#query(paymentReference ?? searchParams.get('paymentReference') ?? '', fault)
  }

  #initialise({ paymentReference, amount }: Order, fault: GatewayFault | undefined): Response {
    if (fault === 'refuses') return answer({}, 400, false, 'The merchant is not active.')
    if (this.transactions.has(paymentReference))
      return answer({}, 422, false, 'Payment reference already exists.')
    const transactionReference = `MNFY|${paymentReference}`
    this.transactions.set(paymentReference, {
      paymentReference,
      transactionReference,
      orderedKobo: Math.round(amount * 100),
      status: 'PENDING',
      paidKobo: 0,
      currency: 'NGN',
    })
    if (fault === 'answer_lost') throw new TypeError('connection reset')
    const checkoutUrl = `https://checkout.example/${paymentReference}`
    return answer({ transactionReference, checkoutUrl })
  }

  async #refund(request: Request, fault: GatewayFault | undefined): Promise<Response> {
    const { pathname, searchParams } = new URL(request.url)
    const lose = (response: Response) => {
      if (fault === 'answer_lost') throw new TypeError('connection reset')
      return response
    }
    if (pathname.endsWith('/initiate-refund')) {
      const order = (await request.json()) as Parameters<RefundTwin['order']>[1]
      const transaction = this.transactions.get(order.transactionReference.replace('MNFY|', ''))
      return lose(coded(this.refunds.order(transaction, order)))
    }
    const page = Number(searchParams.get('page'))
    const size = Number(searchParams.get('size'))
    if (pathname === '/api/v1/refunds')
      return lose(
        coded('0', {
          content: this.refunds.refunds.slice(page * size, (page + 1) * size).map(recordOf),
        }),
      )
    const found = this.refunds.byReference(decodeURIComponent(pathname.split('/').at(-1) ?? ''))
    return lose(found ? coded('0', recordOf(this.refunds.ask(found))) : coded('R7'))
  }

  #query(reference: string, fault: GatewayFault | undefined): Response {
    const known = this.transactions.get(reference)
    const isOutdated = fault === 'says_paid_still' && known?.status === 'REVERSED'
    const transaction = known && isOutdated ? { ...known, status: 'PAID' as const } : known
    if (!transaction || fault === 'says_nothing_known')
      return answer({}, 404, false, 'Could not find transaction with the given reference')
    if (fault === 'answer_lost') throw new TypeError('connection reset')
    const told = tellOf(transaction, fault)
    const list = this.said.get(reference) ?? []
    this.said.set(reference, [...list, meaningOf(transaction, fault)])
    return answer(told)
  }
}

interface Order {
  readonly paymentReference: string
  readonly amount: number
}

const coded = (responseCode: string, responseBody: object = {}): Response => {
  const requestSuccessful = responseCode === '0'
  const envelope = { requestSuccessful, responseMessage: responseCode, responseCode, responseBody }
  return Response.json(envelope, { status: requestSuccessful ? 200 : 400 })
}

const recordOf = ({ refundReference, transaction, amountKobo, status }: TwinRefund): object => ({
  refundReference,
  transactionReference: transaction.transactionReference,
  refundAmount: Number(naira(amountKobo)),
  refundStatus: status,
})

const UNTRUE = new Set<GatewayFault | undefined>([
  'says_pending',
  'says_unknown',
  'other_currency',
  'other_reference',
  'strange_word',
  'strange_amount',
])

function meaningOf(
  { status, paidKobo, currency }: Transaction,
  fault: GatewayFault | undefined,
): Said {
  if (UNTRUE.has(fault) || currency !== 'NGN') return { kind: 'other' }
  if (status === 'PAID') return { kind: 'received', kobo: paidKobo }
  return { kind: status === 'REVERSED' ? 'reversed' : 'other' }
}

/** Monnify's status for a paid and an expected amount. */
function wordOf({ status, paidKobo, orderedKobo }: Transaction): string {
  if (status !== 'PAID' || paidKobo === orderedKobo) return status
  return paidKobo > orderedKobo ? 'OVERPAID' : 'PARTIALLY_PAID'
}

function tellOf(transaction: Transaction, fault: GatewayFault | undefined): object {
  const { paymentReference, transactionReference, paidKobo, currency } = transaction
  const truth = {
    paymentReference,
    transactionReference,
    paymentStatus: wordOf(transaction),
    amountPaid: Number(naira(paidKobo)) as number | string,
    currency,
  }
  switch (fault) {
    case 'says_pending':
      return { ...truth, paymentStatus: 'PENDING', amountPaid: 0 }
    case 'says_unknown':
    case 'strange_word':
      return { ...truth, paymentStatus: 'IN_LIMBO' }
    case 'other_currency':
      return { ...truth, paymentStatus: 'PAID', currency: 'USD', amountPaid: 1_000_000 }
    case 'other_reference':
      return { ...truth, paymentStatus: 'PAID', paymentReference: 'AIL-another' }
    case 'amount_as_text':
      return { ...truth, amountPaid: naira(paidKobo) }
    case 'strange_amount':
      return { ...truth, paymentStatus: 'PAID', amountPaid: '1e3' }
    default:
      return truth
  }
}

const answer = (
  responseBody: object,
  status = 200,
  requestSuccessful = true,
  responseMessage = 'success',
): Response => Response.json({ requestSuccessful, responseMessage, responseBody }, { status })
