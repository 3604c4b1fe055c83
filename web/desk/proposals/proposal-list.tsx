/** Proposals that wait, and decided ones. */
import type { ProposalBody } from '../../../src/operators/desk-types'
import { Pill } from '../../shared/notes'
import { printNaira } from '../../shared/print'
import { withQuery } from '../base/request'
import { linkTo } from '../base/route'
import { usePages } from '../base/use-pages'
import { replaceQuery } from '../base/use-route'
import { Paged } from '../parts/paged'
import { Select } from '../parts/select'
import { Table } from '../parts/table'
import { Time } from '../parts/time'
import { View } from '../parts/view'
import { kindOf, STATES } from './words'

interface Body {
  readonly proposals: readonly ProposalBody[]
  readonly next: string | null
}

const FILTERS = [
  ['pending', 'Waiting'],
  ['', 'All'],
  ['executed', 'Executed'],
  ['approved', 'Approved, not executed yet'],
  ['refused', 'Refused, nothing moved'],
  ['rejected', 'Rejected'],
  ['withdrawn', 'Withdrawn'],
] as const

const HEADS = [
  'Proposal',
  { text: 'Amount', isNumber: true },
  'By',
  'Reason',
  'Proposed',
  'Expires or decided',
  'State',
]

const Row = ({ proposal }: { readonly proposal: ProposalBody }) => {
  const [word, tone] = STATES[proposal.state]
  return (
    <tr>
      <th scope="row">
        <a href={linkTo(['proposals', proposal.uuid])}>{kindOf(proposal)}</a>
      </th>
      <td class="number">{printNaira(proposal.amount)}</td>
      <td>{proposal.is_own ? 'You' : proposal.maker_name}</td>
      <td class="long">{proposal.reason}</td>
      <td>
        <Time at={proposal.created_at} />
      </td>
      <td>
        <Time at={proposal.decided_at ?? proposal.executed_at ?? proposal.expires_at} />
      </td>
      <td>
        <Pill tone={tone}>{word}</Pill>
      </td>
    </tr>
  )
}

export function ProposalList({ query }: { readonly query: Readonly<Record<string, string>> }) {
  const { state: given, customer = '' } = query
  const chosen = given ?? (customer ? 'all' : 'pending')
  const state = chosen === 'all' ? '' : chosen
  const pages = usePages<Body, ProposalBody>({
    path: withQuery('/operator/proposals', { state, customer }),
    cursor: 'cursor',
    pageOf: ({ proposals, next }) => ({ items: proposals, next }),
  })
  const choose = (value: string) =>
    replaceQuery(['proposals'], { state: value || 'all', ...(customer && { customer }) })
  return (
    <View title="Proposals">
      <div class="filter">
        <Select label="State" value={state} options={FILTERS} onChange={choose} />
        {customer && (
          <p>
            Proposals of one customer. <a href="#/proposals?state=all">Show all customers</a>
          </p>
        )}
      </div>
      <Paged
        pages={pages}
        things="proposals"
        empty="No such proposal. Refunds and credits above an operator’s own limit appear here."
      >
        {(items) => (
          <Table caption="Proposals" heads={HEADS}>
            {items.map((proposal) => (
              <Row key={proposal.uuid} proposal={proposal} />
            ))}
          </Table>
        )}
      </Paged>
    </View>
  )
}
