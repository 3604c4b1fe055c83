/** Registers, tops up, makes a call and follows it: `node paid-call.ts http://localhost:8787`. */
import { bodyOf, createClient, knownProblem, listAll, newKey, watchCall } from '@aileana/client'

const url = process.argv[2] ?? 'http://localhost:8787'
const guest = createClient({ url })
const body = { email: `ada-${Date.now()}@example.com`, password: 'correct horse battery' }
await bodyOf(guest.POST('/users/register', { body }))
const session = await bodyOf(guest.POST('/auth/login', { body }))
const client = createClient({ url, token: session.access_token })

const recipient = { recipient_phone: '+2348031234567', recipient_name: 'Ngozi' }
try {
  await bodyOf(client.POST('/calls', { params: newKey(), body: recipient }))
} catch (error) {
  const problem = knownProblem(error)
  if (problem?.code !== 'insufficient_funds') throw error
  console.log(problem.detail)
}

// With a key, the client can retry the request, and the payment is still made once.
const payment = await bodyOf(
  client.POST('/payments', { params: newKey(), body: { amount: 50, method: 'monnify' } }),
)
// Here the customer pays, at payment.checkout_url.
const path = { paymentReference: payment.payment_reference }
await bodyOf(client.POST('/payments/verify/{paymentReference}', { params: { path } }))

const call = await bodyOf(client.POST('/calls', { params: newKey(), body: recipient }))
const params = { path: { uuid: call.uuid } }
for await (const { type, call: now } of watchCall(client, call.uuid)) {
  console.log(`${type}: ${now.status}, ${now.cost} NGN`)
  if (now.status === 'initiated') await bodyOf(client.PATCH('/calls/{uuid}/answer', { params }))
  if (now.status === 'answered') await bodyOf(client.PATCH('/calls/{uuid}/end', { params }))
}

const wallets = await bodyOf(client.GET('/wallets'))
for (const { uuid } of wallets)
  for await (const { kind, amount } of listAll(client, '/wallets/{uuid}/transactions', {
    path: { uuid },
  }))
    console.log(`${kind}: ${amount} NGN`)
