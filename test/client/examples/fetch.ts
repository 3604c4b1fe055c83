import { answered, createClient } from '../../../client/client'

/** Logs in, tops up by 50 NGN, and makes a call. */
export async function callSomebody(url: string, email: string, password: string) {
  const guest = createClient({ url })
  const session = await answered(guest.POST('/auth/login', { body: { email, password } }))
  const client = createClient({ url, token: session.access_token })

  // With this key, the client can retry the request, and the payment is still made once.
  const key = { header: { 'idempotency-key': crypto.randomUUID() } }
  const payment = await answered(
    client.POST('/payments', { params: key, body: { amount: 50, method: 'monnify' } }),
  )
  // Here the customer pays, at payment.checkout_url.
  const path = { paymentReference: payment.payment_reference }
  await answered(client.POST('/payments/verify/{paymentReference}', { params: { path } }))

  const body = { recipient_phone: '+2348031234567' }
  const call = await answered(client.POST('/calls', { body }))
  const params = { path: { uuid: call.uuid } }
  await answered(client.PATCH('/calls/{uuid}/answer', { params }))
  return answered(client.PATCH('/calls/{uuid}/end', { params }))
}
