/** Attempts of deliveries to an endpoint, newest first. */
import { Button } from '../../shared/button'
import { Empty, Pill } from '../../shared/notes'
import { type Attempt, factsOf, outcomeOf } from './texts'

interface AttemptsProps {
  readonly attempts: readonly Attempt[]
  readonly isBusy: boolean
  readonly onReplay: (event: string) => void
}

function Item({
  attempt,
  isBusy,
  onReplay,
}: { attempt: Attempt } & Omit<AttemptsProps, 'attempts'>) {
  const { event, type, sequence, response } = attempt
  const [tone, word] = outcomeOf(attempt)
  const name = sequence === null ? type : `${type}, no. ${sequence}`
  return (
    <li>
      <div class="attempt-head">
        <strong>{name}</strong>
        <Pill tone={tone}>{word}</Pill>
        <span class="note">{factsOf(attempt)}</span>
      </div>
      {sequence !== null && (
        <Button isSmall isBusy={isBusy} label={`Replay ${name}`} onClick={() => onReplay(event)}>
          Replay
        </Button>
      )}
      {response !== '' && <code class="response">{response}</code>}
    </li>
  )
}

export function Attempts({ attempts, isBusy, onReplay }: AttemptsProps) {
  if (attempts.length === 0) return <Empty>No deliveries yet. Send a test, or top up.</Empty>
  return (
    <ul class="attempts" aria-label="Deliveries">
      {attempts.map((attempt) => (
        <Item
          key={`${attempt.event} ${attempt.at}`}
          attempt={attempt}
          isBusy={isBusy}
          onReplay={onReplay}
        />
      ))}
    </ul>
  )
}
