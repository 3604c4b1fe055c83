/** Who the customer is. Personal data is masked until it is revealed with a reason. */
import type { CustomerBody } from '../../../src/operators/desk-types'
import { Pill } from '../../shared/notes'
import { Section } from '../../shared/section'
import { linkTo } from '../base/route'
import { Facts } from '../parts/facts'
import { Time } from '../parts/time'
import { Reveal } from './reveal'

interface CustomerProps {
  readonly customer: CustomerBody
}

export const CustomerPills = ({ customer }: CustomerProps) => (
  <div class="pills">
    {customer.frozen_at && <Pill tone="warn">Frozen</Pill>}
    {customer.disabled_at && <Pill tone="bad">Disabled</Pill>}
    {customer.deletion_requested_at && <Pill tone="warn">Deletion requested</Pill>}
    {!customer.frozen_at && !customer.disabled_at && <Pill tone="good">Active</Pill>}
  </div>
)

const since = (at: string | null) => at && <Time at={at} />

const countLink = (count: number, href: string) => (count > 0 ? <a href={href}>{count}</a> : '0')

export const CustomerFacts = ({ customer }: CustomerProps) => (
  <Section title="Account">
    <Facts
      facts={[
        ['E-mail', customer.email],
        ['Address confirmed', since(customer.email_verified_at) ?? 'No'],
        ['Customer since', since(customer.created_at)],
        ['Frozen since', since(customer.frozen_at)],
        ['Disabled since', since(customer.disabled_at)],
        ['Deletion requested', since(customer.deletion_requested_at)],
        ['Sessions', String(customer.sessions)],
        ['Passkeys', String(customer.passkeys)],
        ['Open exceptions', countLink(customer.open_exceptions, '#/exceptions')],
        [
          'Waiting proposals',
          countLink(customer.pending_proposals, linkTo(['proposals'], { customer: customer.uuid })),
        ],
        ['UUID', <code key="uuid">{customer.uuid}</code>],
      ]}
    />
    <Reveal customer={customer.uuid} />
  </Section>
)
