/** What the operator can do with a proposal now. Makers do not decide their own proposals. */
import type { ProposalBody } from '../../../src/operators/desk-types'
import { Section } from '../../shared/section'
import { useMay } from '../base/operator'
import { post } from '../base/request'
import { useToast } from '../base/toast'
import { ActionButton } from '../parts/action-button'
import { Approve } from './approve'

interface DecisionProps {
  readonly proposal: ProposalBody
  readonly onChanged: () => void
}

export function Decision({ proposal, onChanged }: DecisionProps) {
  const may = useMay()
  const toast = useToast()
  const { uuid, hash, state, is_own: isOwn } = proposal
  const base = `/operator/proposals/${uuid}`
  const done = (text: string) => () => {
    toast(text)
    onChanged()
  }
  const withdraw = (
    <ActionButton
      text="Withdraw"
      title="Withdraw the proposal"
      confirm="Withdraw"
      isDanger
      reason={null}
      run={() => post(`${base}/withdraw`)}
      onDone={done('The proposal was withdrawn.')}
    >
      <p>No money moves. To change an amount, propose it again.</p>
    </ActionButton>
  )
  const decide = (
    <div class="actions">
      <Approve proposal={proposal} onChanged={onChanged} />
      <ActionButton
        text="Reject"
        title="Reject the proposal"
        confirm="Reject"
        isDanger
        run={(reason) => post(`${base}/reject`, { hash, reason })}
        onDone={done('The proposal was rejected.')}
      >
        <p>No money moves. {proposal.maker_name} sees the reason.</p>
      </ActionButton>
    </div>
  )
  const again = (
    <ActionButton
      text="Execute again"
      title="Execute the approved proposal"
      confirm="Execute"
      reason={null}
      run={() => post(`${base}/execute`)}
      onDone={done('The proposal was executed.')}
    >
      <p>Use this if the automatic retries are too slow. The money moves at most once.</p>
    </ActionButton>
  )
  if (state === 'pending')
    return (
      <Section title="Decision">
        {isOwn && <p>Another operator must decide. Share the address of this page.</p>}
        {isOwn && may('money.propose') && withdraw}
        {!isOwn && may('money.approve') && decide}
        {!isOwn && !may('money.approve') && <p>Your role does not decide proposals.</p>}
      </Section>
    )
  return state === 'approved' && may('money.approve') ? (
    <Section title="Execution">{again}</Section>
  ) : null
}
