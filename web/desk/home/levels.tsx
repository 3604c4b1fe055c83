/** Service levels of the last seven days. */
import type { LevelsBody } from '../../../src/operators/finance/types'
import { printAge, printCount, printShare } from '../base/print'
import { useLoad } from '../base/use-load'
import { Loaded } from '../parts/loaded'

const DAYS = 7
/** Below these shares, and above this age, a level needs attention. */
const CREDITED_GOAL = 0.99
const SET_UP_GOAL = 0.95
const AGE_GOAL_SECONDS = 2 * 86_400

interface LevelProps {
  readonly name: string
  readonly value: string
  readonly about: string
  readonly isLow: boolean
}

const Level = ({ name, value, about, isLow }: LevelProps) => (
  <li class={`level${isLow ? ' low' : ''}`}>
    <span class="level-name">{name}</span>
    <strong class="number">{value}</strong>
    <span class="note">
      {about}
      {isLow && ' · needs attention'}
    </span>
  </li>
)

const shareLevel = (share: number | null | undefined, goal: number) => ({
  value: share === null || share === undefined ? '–' : printShare(share),
  isLow: typeof share === 'number' && share < goal,
})

function List({ levels }: { readonly levels: LevelsBody }) {
  const { credited, credited_in_time: inTime, calls, failed_calls: failed } = levels
  const oldest = levels.oldest_exception_seconds
  const count = levels.open_exceptions.reduce((sum, { count }) => sum + count, 0)
  return (
    <ul class="levels" aria-label={`Service levels of ${DAYS} days`}>
      <Level
        name="Credited within 30 s"
        {...shareLevel(levels.credited_in_time_share, CREDITED_GOAL)}
        about={`${printCount(inTime)} of ${printCount(credited)} payments in ${DAYS} days`}
      />
      <Level
        name="Calls set up"
        {...shareLevel(levels.call_set_up_share, SET_UP_GOAL)}
        about={`${printCount(failed)} of ${printCount(calls)} calls failed in ${DAYS} days`}
      />
      <Level
        name="Oldest exception"
        value={oldest === null ? 'none' : printAge(oldest)}
        isLow={oldest !== null && oldest > AGE_GOAL_SECONDS}
        about={count === 1 ? '1 is not resolved' : `${printCount(count)} are not resolved`}
      />
    </ul>
  )
}

export function Levels() {
  const found = useLoad<LevelsBody>(`/operator/finance/levels?days=${DAYS}`)
  return <Loaded from={found}>{(levels) => <List levels={levels} />}</Loaded>
}
