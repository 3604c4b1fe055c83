/** Clock, cost and remaining time of an open call. */
import type { Reading } from './meter-view'
import type { Call } from './model'
import { ratePerMinute } from './price-text'
import { printKobo, printSeconds, printTime } from '../shared/print'

interface FigureProps {
  readonly name: string
  readonly value: string
  readonly note: string
  readonly testId: string
}

const Figure = ({ name, value, note, testId }: FigureProps) => (
  <div>
    <dt>{name}</dt>
    <dd data-testid={testId}>{value}</dd>
    <dd class="note">{note}</dd>
  </div>
)

interface CallMeterProps {
  readonly call: Call
  readonly reading: Reading
}

export function CallMeter({ call, reading }: CallMeterProps) {
  const isRinging = call.started_at === null
  const { costKobo, holdAt, seconds, secondsLeft, passed } = reading
  const until = call.must_end_by === null ? '' : `until ${printTime(call.must_end_by)}`
  const left = printSeconds(secondsLeft)
  return (
    <>
      <p class="clock" data-testid="talked" role="timer" aria-label="Duration of the call">
        {isRinging ? 'Waiting' : printSeconds(seconds)}
      </p>
      <dl class="meter">
        <Figure
          name="Cost so far"
          value={printKobo(costKobo)}
          note={ratePerMinute(call.rate)}
          testId="cost"
        />
        <Figure
          name={isRinging ? 'Rings for' : 'Time left'}
          value={left}
          note={until}
          testId="left"
        />
        <Figure
          name="Held"
          value={printKobo(holdAt)}
          note={isRinging ? 'until answered' : 'while the call runs'}
          testId="held"
        />
      </dl>
      <progress value={passed} aria-label="Time passed until the call must end" />
    </>
  )
}
