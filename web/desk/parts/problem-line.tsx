/** A problem beside its action, with the identifier of the request for the service's log. */
import type { Problem } from '../../shared/api'
import { ProblemNote } from '../../shared/notes'

export function ProblemLine({ problem }: { readonly problem: Problem | undefined }) {
  if (!problem) return null
  return (
    <div class="problem-line">
      <ProblemNote problem={problem} />
      {problem.request_id && (
        <p class="note">
          Request <code>{problem.request_id}</code>
        </p>
      )}
    </div>
  )
}
