/** Approval of another operator's version, and withdrawal. */
import type { DifferencesBody } from '../../../src/operators/tariffs/types'
import { useMay, useOperator } from '../base/operator'
import { printCount, printSecond } from '../base/print'
import { post } from '../base/request'
import { useToast } from '../base/toast'
import { ActionButton } from '../parts/action-button'
import { FigureList } from '../parts/figures'

interface VersionActionsProps {
  readonly body: DifferencesBody
  readonly onChanged: () => void
}

export function VersionActions({ body, onChanged }: VersionActionsProps) {
  const may = useMay()
  const toast = useToast()
  const { uuid } = useOperator()
  const { version, counts } = body
  const { state, hash, effective_at: at } = version
  const path = `/operator/tariffs/${version.version}`
  const isOwn = version.author.uuid === uuid
  const isWithdrawable = state === 'draft' || (state === 'approved' && Date.parse(at) > Date.now())
  const done = (text: string) => () => {
    toast(text)
    onChanged()
  }
  const figures = [
    ['Takes effect', printSecond(at)],
    ['Dearer', printCount(counts.dearer)],
    ['Cheaper', printCount(counts.cheaper)],
    ['Added', printCount(counts.added)],
    ['Removed', printCount(counts.removed)],
  ] as const
  return (
    <>
      {state === 'draft' && isOwn && (
        <p class="note">Another operator must approve. Share the address of this page.</p>
      )}
      <div class="actions">
        {state === 'draft' && !isOwn && may('tariffs.approve') && (
          <ActionButton
            text="Approve"
            title={`Approve version ${version.version}`}
            confirm="Approve the prices"
            reason={null}
            run={() => post(`${path}/approve`, { hash })}
            onDone={done('The version is approved.')}
          >
            <FigureList figures={figures} />
            <p>New calls have these prices from then on. Running calls keep theirs.</p>
          </ActionButton>
        )}
        {isWithdrawable && may('tariffs.propose') && (
          <ActionButton
            text="Withdraw"
            title={`Withdraw version ${version.version}`}
            confirm="Withdraw"
            isDanger
            run={(reason) => post(`${path}/withdraw`, { reason })}
            onDone={done('The version was withdrawn.')}
          >
            <FigureList figures={figures} />
            <p>The previous prices stay in effect.</p>
          </ActionButton>
        )}
      </div>
    </>
  )
}
