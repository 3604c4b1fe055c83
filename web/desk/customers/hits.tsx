/** Customers that a search found. */
import type { SearchBody } from '../../../src/operators/desk-types'
import { Empty } from '../../shared/notes'
import { printCustomer, printName } from '../base/print'
import { customerLink } from '../base/route'
import { Identifier } from '../parts/identifier'
import { Table } from '../parts/table'
import { Time } from '../parts/time'

export function Hits({ found: { customers, total } }: { readonly found: SearchBody }) {
  if (customers.length === 0)
    return (
      <Empty>
        No customer matches. Check the spelling, or search by a payment reference from the
        customer’s receipt or bank message.
      </Empty>
    )
  return (
    <>
      <p role="status" class="note">
        {total === 1 ? '1 customer' : `${total} customers`}
        {total > customers.length && `, the first ${customers.length} shown. Search more exactly.`}
      </p>
      <Table caption="Customers found" heads={['Name', 'E-mail', 'Found by', 'Since']}>
        {customers.map((hit) => (
          <tr key={`${hit.uuid} ${hit.reference}`}>
            <th scope="row">
              <a href={customerLink(hit.uuid)}>{printCustomer(hit.name)}</a>
            </th>
            <td>{hit.email}</td>
            <td>
              {printName(hit.found_by)} {hit.reference && <Identifier id={hit.reference} />}
            </td>
            <td>
              <Time at={hit.created_at} />
            </td>
          </tr>
        ))}
      </Table>
    </>
  )
}
