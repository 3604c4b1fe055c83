/** Opens a payment's checkout, which returns to the console. */
import { type Api, newKey, type Problem } from '../shared/api'
import type { Payment } from './model'
import { keepPaying } from './session'

export async function goToCheckout(
  api: Api,
  { uuid, payment_reference, checkout_url }: Payment,
): Promise<Problem | undefined> {
  if (checkout_url === null) return undefined
  const path = `/checkout/${encodeURIComponent(payment_reference)}/attendance`
  const attended = await api.simulate('PUT', path, { back: '/console' })
  if (!attended.ok) return attended.problem
  keepPaying(uuid)
  location.assign(checkout_url)
  return undefined
}

/** Creates a top-up and opens its checkout. */
export async function payByCheckout(
  api: Api,
  amount: number,
  wallet: Payment['wallet'],
): Promise<Problem | undefined> {
  const body = { amount, method: 'monnify', wallet } as const
  const made = await api.call((client) => client.POST('/payments', { body, params: newKey() }))
  return made.ok ? goToCheckout(api, made.value) : made.problem
}
