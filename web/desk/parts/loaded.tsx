/** States of a read resource: loading, failed with a way to retry, and there. */
import type { ComponentChildren } from 'preact'
import { Button } from '../../shared/button'
import type { Loaded as LoadedState } from '../base/use-load'
import type { DeskProblem } from '../base/request'
import { ProblemLine } from './problem-line'

export const Loading = () => (
  <p class="loading" role="status">
    Loading…
  </p>
)

interface FailedProps {
  readonly problem: DeskProblem
  readonly onRetry: () => void
}

export const Failed = ({ problem, onRetry }: FailedProps) => (
  <div class="failed">
    <ProblemLine problem={problem} />
    <Button isSmall onClick={onRetry}>
      Retry
    </Button>
  </div>
)

interface LoadedProps<T> {
  readonly from: LoadedState<T>
  readonly children: (value: T) => ComponentChildren
}

export function Loaded<T>({ from, children }: LoadedProps<T>) {
  const { value, problem, reload } = from
  return (
    <>
      {problem && <Failed problem={problem} onRetry={() => void reload()} />}
      {value === undefined ? !problem && <Loading /> : children(value)}
    </>
  )
}
