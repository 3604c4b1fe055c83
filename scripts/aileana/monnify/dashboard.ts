/** Actions of the merchant and the bank at the simulated gateway: refund, reverse, dispute, settle, select a fault. */
import { fail } from '../../cli/program.ts'
import { senderTo, type UrlOptions } from './sender.ts'

export interface PaymentOptions extends UrlOptions {
  readonly payment: string
}

export interface RefundOptions extends PaymentOptions {
  readonly amount: number
}

export interface ReversalOptions extends PaymentOptions {
  readonly days: number
}

export interface DisputeOptions extends ReversalOptions {
  readonly won?: boolean
}

export interface RefundFaultOptions extends UrlOptions {
  readonly queries: number
}

const pathOf = ({ payment }: PaymentOptions): string =>
  `/simulator/payments/${encodeURIComponent(payment)}`

/** Sends the request, and prints the response. */
async function send(url: string, method: string, path: string, body?: object): Promise<void> {
  const { ask } = senderTo(url)
  const response = await ask(path, {
    method,
    headers: { Accept: 'application/json', 'Content-Type': 'application/json' },
    ...(body && { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  if (response.status === 404)
    fail('The simulator does not know the payment, or it is disabled at this URL.', 1)
  if (!response.ok) fail(text, 1)
  console.log(text)
}

export const refund = (options: RefundOptions): Promise<void> =>
  send(options.url, 'POST', `${pathOf(options)}/refunds`, { amount: options.amount })

export const reverse = (options: ReversalOptions): Promise<void> =>
  send(options.url, 'POST', `${pathOf(options)}/reversal`, { days: options.days })

export const dispute = ({ won, days, ...options }: DisputeOptions): Promise<void> =>
  won
    ? send(options.url, 'POST', `${pathOf(options)}/dispute/won`, {})
    : send(options.url, 'POST', `${pathOf(options)}/dispute`, { days })

export const settle = ({ url }: UrlOptions): Promise<void> =>
  send(url, 'POST', '/simulator/settlements', {})

/** @param fault `undefined` prints the selected one */
export const refundFault = (
  fault: string | undefined,
  { url, queries }: RefundFaultOptions,
): Promise<void> =>
  fault === undefined
    ? send(url, 'GET', '/simulator/refund-fault')
    : send(url, 'PUT', '/simulator/refund-fault', { fault, queries })
