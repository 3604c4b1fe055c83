/** Verifies the chain of the log from its first entry, part by part. */
import { useState } from 'preact/hooks'
import { Button } from '../../shared/button'
import { useAction } from '../../shared/use-action'
import { printCount } from '../base/print'
import { get } from '../base/request'
import { ProblemLine } from '../parts/problem-line'

interface Verified {
  readonly checked: number
  readonly head: { readonly seq: number; readonly hash: string }
  readonly broken_at: number | null
}

interface Progress extends Pick<Verified, 'head' | 'broken_at'> {
  readonly checked: number
  readonly isFinished: boolean
}

/** A loop has a bound; at 500 entries a part, this is ten million entries. */
const MAX_PARTS = 20_000

const Result = ({ progress }: { readonly progress: Progress }) => {
  const { checked, head, broken_at: brokenAt, isFinished } = progress
  if (brokenAt !== null)
    return (
      <p class="problem">
        <strong>The chain is broken at entry {brokenAt}.</strong> An entry was changed, removed or
        inserted. Keep a copy of the database and tell an admin.
      </p>
    )
  return isFinished ? (
    <p class="verified">
      {printCount(checked)} entries are unchanged. Last entry {head.seq}, hash{' '}
      <code>{head.hash}</code>
    </p>
  ) : (
    <p>{printCount(checked)} entries verified…</p>
  )
}

export function Verify() {
  const [progress, setProgress] = useState<Progress>()
  const { act, isBusy, problem } = useAction()
  const verify = () =>
    act(async () => {
      let checked = 0
      let after = 0
      for (let part = 0; part < MAX_PARTS; part += 1) {
        const answer = await get<Verified>(`/operator/log/verify?after=${after}`)
        if (!answer.ok) return answer.problem
        const { head, broken_at: brokenAt } = answer.value
        checked += answer.value.checked
        const isFinished = answer.value.checked === 0 || brokenAt !== null
        setProgress({ head, broken_at: brokenAt, checked, isFinished })
        if (isFinished) return undefined
        after = head.seq
      }
      return undefined
    })
  return (
    <div class="verify">
      <Button isSmall isBusy={isBusy} onClick={verify}>
        {isBusy ? 'Verifying…' : 'Verify the log'}
      </Button>
      <div role="status">{progress && <Result progress={progress} />}</div>
      <ProblemLine problem={problem} />
    </div>
  )
}
