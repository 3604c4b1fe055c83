/** Proposals that wait for a decision of this operator, or for another one's about the operator's own. */
import type { ProposalBody } from '../../../src/operators/desk-types'
import { Empty, Pill } from '../../shared/notes'
import { printNaira } from '../../shared/print'
import { Section } from '../../shared/section'
import { useMay } from '../base/operator'
import { ageOf, printAge } from '../base/print'
import { linkTo } from '../base/route'
import { useLoad } from '../base/use-load'
import { Loaded } from '../parts/loaded'
import { kindOf } from '../proposals/words'

export function WaitingProposals() {
  const mayApprove = useMay()('money.approve')
  const found = useLoad<{ readonly proposals: readonly ProposalBody[] }>(
    '/operator/proposals?state=pending',
  )
  const isMine = ({ is_own, state }: ProposalBody) => state === 'pending' && (is_own || mayApprove)
  return (
    <Section
      title={mayApprove ? 'Proposals waiting for you' : 'Your waiting proposals'}
      aside={<a href="#/proposals">All</a>}
    >
      <Loaded from={found}>{({ proposals }) => <Items items={proposals.filter(isMine)} />}</Loaded>
    </Section>
  )
}

function Items({ items }: { readonly items: readonly ProposalBody[] }) {
  if (items.length === 0) return <Empty>No proposal waits.</Empty>
  return (
    <ul class="rows">
      {items.map((proposal) => (
        <li key={proposal.uuid}>
          <a href={linkTo(['proposals', proposal.uuid])}>
            {kindOf(proposal)} of {printNaira(proposal.amount)}
          </a>
          {proposal.is_own ? <Pill tone="quiet">yours</Pill> : <span>{proposal.maker_name}</span>}
          <span class="note number">{printAge(ageOf(proposal.created_at, Date.now()))}</span>
        </li>
      ))}
    </ul>
  )
}
