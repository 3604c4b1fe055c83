/** Shows a customer's personal data after a reason. It is forgotten when the view closes. */
import { useState } from 'preact/hooks'
import type { RevealedBody } from '../../../src/operators/desk-types'
import { Button } from '../../shared/button'
import { useMay } from '../base/operator'
import { post } from '../base/request'
import { ActionButton } from '../parts/action-button'
import { Facts } from '../parts/facts'

export function Reveal({ customer }: { readonly customer: string }) {
  const may = useMay()
  const [shown, setShown] = useState<RevealedBody>()
  if (!may('customers.reveal')) return null
  if (!shown)
    return (
      <ActionButton<RevealedBody>
        text="Reveal personal data"
        title="Reveal personal data"
        confirm="Reveal"
        run={(reason) => post(`/operator/customers/${customer}/reveal`, { reason })}
        onDone={setShown}
      >
        <p>
          Shows the e-mail address, the name and the numbers called in the last 90 days. The log
          keeps who looked, and the reason.
        </p>
      </ActionButton>
    )
  return (
    <div class="revealed" role="status">
      <Facts
        facts={[
          ['E-mail', shown.email],
          ['First name', shown.first_name ?? '–'],
          ['Last name', shown.last_name ?? '–'],
          ['Numbers called', <Numbers key="numbers" revealed={shown} />],
        ]}
      />
      <Button isSmall onClick={() => setShown(undefined)}>
        Hide
      </Button>
    </div>
  )
}

const Numbers = ({ revealed }: { readonly revealed: RevealedBody }) =>
  revealed.called_numbers.length === 0 ? (
    <>None in the last 90 days</>
  ) : (
    <ul>
      {revealed.called_numbers.map(({ call, phone, name }) => (
        <li key={call}>
          {phone} {name}
        </li>
      ))}
    </ul>
  )
