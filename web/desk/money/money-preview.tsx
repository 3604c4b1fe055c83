/** The effect of a proposal in figures, and whether a second operator must approve it. */
import { useEffect, useRef } from 'preact/hooks'
import type { PreviewBody } from '../../../src/operators/desk-types'
import type { Problem } from '../../shared/api'
import { Button } from '../../shared/button'
import { printNaira } from '../../shared/print'
import { FigureList } from '../parts/figures'
import { ProblemLine } from '../parts/problem-line'

interface MoneyPreviewProps {
  readonly preview: PreviewBody
  readonly isBusy: boolean
  readonly problem: Problem | undefined
  readonly onConfirm: () => void
  readonly onBack: () => void
}

export function MoneyPreview({ preview, isBusy, problem, onConfirm, onBack }: MoneyPreviewProps) {
  const { figures, needs_approval: needsApproval, own_left: ownLeft } = preview
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => heading.current?.focus(), [])
  const left = `${printNaira(ownLeft)} is left of your amounts without approval today.`
  return (
    <div class="stack">
      <h3 ref={heading} tabIndex={-1}>
        Check the effect
      </h3>
      <FigureList figures={figures} />
      <p>
        {needsApproval
          ? `A second operator must approve this within 24 hours. ${left}`
          : `This happens at once, without approval. ${left}`}
      </p>
      <ProblemLine problem={problem} />
      <div class="actions">
        <Button kind={needsApproval ? 'primary' : 'danger'} isBusy={isBusy} onClick={onConfirm}>
          {needsApproval ? 'Send for approval' : 'Do it now'}
        </Button>
        <Button onClick={onBack}>Back</Button>
      </div>
    </div>
  )
}
