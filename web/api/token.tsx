/** The access token for requests from this page: pasted or, in development, of a new demo user. */
import { useState } from 'preact/hooks'
import { bodyOf, createClient } from '../../client/client'
import { Button } from '../shared/button'

/** The service marks the page in development only. */
const hasDemo = document.documentElement.dataset['demo'] !== undefined

interface DemoUser {
  readonly token: string
  readonly isPaid: boolean
}

/** A new user with 200 NGN of credits, unless the simulated gateway has a fault. */
async function createDemoUser(): Promise<DemoUser> {
  const url = location.origin
  const guest = createClient({ url })
  const password = crypto.randomUUID()
  const body = { email: `reader-${password.slice(0, 8)}@example.com`, password }
  await bodyOf(guest.POST('/users/register', { body }))
  const { access_token: token } = await bodyOf(guest.POST('/auth/login', { body }))
  const client = createClient({ url, token })
  const order = { amount: 200, method: 'monnify' } as const
  const payment = await bodyOf(client.POST('/payments', { body: order }))
  const path = { paymentReference: payment.payment_reference }
  const verify = client.POST('/payments/verify/{paymentReference}', { params: { path } })
  const isPaid = (await verify).data?.status === 'completed'
  return { token, isPaid }
}

interface TokenProps {
  readonly token: string
  readonly onToken: (token: string) => void
}

export function Token({ token, onToken }: TokenProps) {
  const [isBusy, setBusy] = useState(false)
  const [said, setSaid] = useState('')
  const create = async () => {
    if (isBusy) return
    setBusy(true)
    try {
      const demo = await createDemoUser()
      onToken(demo.token)
      setSaid(
        demo.isPaid
          ? 'A demo user with ₦200.00 of call credits is logged in.'
          : 'A demo user without credit is logged in: the payment is not completed.',
      )
    } catch (error) {
      setSaid(error instanceof Error ? error.message : 'The demo user was not created.')
    }
    setBusy(false)
  }
  return (
    <section class="panel token" aria-labelledby="token">
      <h2 id="token">Access token</h2>
      <p class="note">
        Requests from this page send this token: the <code>access_token</code> that{' '}
        <a href="#logIn">Log in</a> returns. Reloading or closing the page clears it.
      </p>
      <div class="row">
        <label class="field grow">
          Token
          <input
            value={token}
            autocomplete="off"
            spellcheck={false}
            onInput={(event) => onToken(event.currentTarget.value.trim())}
          />
        </label>
        {hasDemo && (
          <Button kind="primary" isBusy={isBusy} onClick={() => void create()}>
            Use a demo token
          </Button>
        )}
      </div>
      <p class="note" role="status">
        {said}
      </p>
    </section>
  )
}
