/** Approval of another operator's proposal: its present effect in figures, and the hash of what was read. */
import { useEffect, useState } from 'preact/hooks'
import type { PreviewBody, ProposalBody } from '../../../src/operators/desk-types'
import { printNaira } from '../../shared/print'
import { type Answer, post } from '../base/request'
import { useToast } from '../base/toast'
import { ActionButton } from '../parts/action-button'
import { FigureList } from '../parts/figures'
import { Loading } from '../parts/loaded'
import { ProblemLine } from '../parts/problem-line'
import { previewBodyOf } from './preview-body'
import { kindOf } from './words'

interface ApproveProps {
  readonly proposal: ProposalBody
  readonly onChanged: () => void
}

function PresentEffect({ proposal }: { readonly proposal: ProposalBody }) {
  const [answer, setAnswer] = useState<Answer<PreviewBody>>()
  useEffect(() => {
    void post<PreviewBody>('/operator/proposals/preview', previewBodyOf(proposal)).then(setAnswer)
  }, [proposal])
  if (!answer) return <Loading />
  return answer.ok ? (
    <FigureList figures={answer.value.figures} />
  ) : (
    <ProblemLine problem={answer.problem} />
  )
}

export function Approve({ proposal, onChanged }: ApproveProps) {
  const toast = useToast()
  const { uuid, hash, amount, maker_name: maker } = proposal
  const approve = () => post<ProposalBody>(`/operator/proposals/${uuid}/approve`, { hash })
  return (
    <ActionButton<ProposalBody>
      text="Approve"
      title={`Approve ${kindOf(proposal).toLowerCase()} of ${printNaira(amount)}`}
      confirm={`Approve ${printNaira(amount)}`}
      reason={null}
      run={approve}
      onDone={({ state }) => {
        toast(state === 'executed' ? 'Approved and executed.' : 'Approved.')
        onChanged()
      }}
    >
      <PresentEffect proposal={proposal} />
      <p>
        {maker} gave the reason “{proposal.reason}”. The money moves at once.
      </p>
    </ActionButton>
  )
}
