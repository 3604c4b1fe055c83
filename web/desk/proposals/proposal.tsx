/** One proposal: what, who, why, the figures, and the decision. */
import type { ProposalBody } from '../../../src/operators/desk-types'
import { Pill } from '../../shared/notes'
import { printNaira, WALLET_NAMES } from '../../shared/print'
import { Section } from '../../shared/section'
import { wordOf } from '../../shared/words'
import { printName, printShort } from '../base/print'
import { customerLink } from '../base/route'
import { useLoad } from '../base/use-load'
import { Facts } from '../parts/facts'
import { Loaded } from '../parts/loaded'
import { Time } from '../parts/time'
import { View } from '../parts/view'
import { Decision } from './decision'
import { kindOf, STATES } from './words'

const StatePill = ({ state }: Pick<ProposalBody, 'state'>) => {
  const [word, tone] = STATES[state]
  return <Pill tone={tone}>{word}</Pill>
}

const time = (at: string | null) => at && <Time at={at} isExact />
const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')

function Details({ proposal }: { readonly proposal: ProposalBody }) {
  const { body } = proposal
  return (
    <Facts
      facts={[
        ['Amount', <strong key="amount">{printNaira(proposal.amount)}</strong>],
        [
          'Customer',
          <a key="customer" href={customerLink(proposal.customer)}>
            {printShort(proposal.customer)}
          </a>,
        ],
        ['Wallet', textOf(body['wallet']) && wordOf(WALLET_NAMES, textOf(body['wallet']))],
        [
          'Payment',
          textOf(body['payment_reference']) && (
            <code key="payment">{textOf(body['payment_reference'])}</code>
          ),
        ],
        ['Method', textOf(body['method']) && printName(textOf(body['method']))],
        ['Bank account', proposal.destination],
        ['Reason', proposal.reason],
        ['Proposed by', proposal.is_own ? `${proposal.maker_name} (you)` : proposal.maker_name],
        ['Proposed', time(proposal.created_at)],
        ['Expires', proposal.state === 'pending' && time(proposal.expires_at)],
        ['Decided by', proposal.checker_name],
        ['Decided', time(proposal.decided_at)],
        ['Reason of the decision', proposal.decision_reason],
        ['Executed', time(proposal.executed_at)],
        ['Outcome', proposal.outcome && <code key="outcome">{proposal.outcome}</code>],
        ['Needed approval', proposal.needs_approval ? 'Yes' : 'No'],
        ['Hash', <code key="hash">{proposal.hash}</code>],
      ]}
    />
  )
}

export function Proposal({ uuid }: { readonly uuid: string }) {
  const found = useLoad<ProposalBody>(`/operator/proposals/${encodeURIComponent(uuid)}`)
  const { value } = found
  return (
    <View
      title={`Proposal ${printShort(uuid)}`}
      heading={value ? `${kindOf(value)} of ${printNaira(value.amount)}` : 'Proposal'}
      aside={value && <StatePill state={value.state} />}
    >
      <Loaded from={found}>
        {(proposal) => (
          <>
            <Section title="Details">
              <Details proposal={proposal} />
            </Section>
            <Decision proposal={proposal} onChanged={() => void found.reload()} />
          </>
        )}
      </Loaded>
    </View>
  )
}
