/** An endpoint. It expands to its actions and its deliveries. */
import { useState } from 'preact/hooks'
import { EVENT_TYPES } from '../../../client/webhook-events'
import type { Answer } from '../../shared/api'
import { Button } from '../../shared/button'
import { Pill, ProblemNote } from '../../shared/notes'
import { useAction } from '../../shared/use-action'
import { useDesk } from '../desk'
import { Attempts } from './attempts'
import {
  listAttempts,
  removeEndpoint,
  replayEvent,
  rotateSecret,
  sendTest,
  setReceiver,
  setStatus,
} from './commands'
import { ReceiverFault } from './receiver-fault'
import { ShownOnce } from './shown-once'
import {
  canResume,
  type Endpoint,
  outcomeOf,
  printTypes,
  receiverOf,
  situationOf,
  statusOf,
} from './texts'
import { useReading } from './use-reading'

const READ_MS = 3000

interface EndpointItemProps {
  readonly endpoint: Endpoint
  readonly onChanged: () => Promise<void>
  readonly onRemoved: () => void
}

function TestForm({ isBusy, onSend }: { isBusy: boolean; onSend: (type: string) => void }) {
  const [type, setType] = useState<string>('endpoint.test')
  return (
    <form
      class="test"
      onSubmit={(event) => {
        event.preventDefault()
        onSend(type)
      }}
    >
      <label class="field">
        Sample event
        <select value={type} onChange={(event) => setType(event.currentTarget.value)}>
          {EVENT_TYPES.map((one) => (
            <option key={one} value={one}>
              {one}
            </option>
          ))}
        </select>
      </label>
      <Button isSmall isBusy={isBusy}>
        Send a test
      </Button>
    </form>
  )
}

function Details({ endpoint, onChanged, onRemoved }: EndpointItemProps) {
  const { api, announce } = useDesk()
  const { act, isBusy, problem } = useAction()
  const [secret, setSecret] = useState<string>()
  const { uuid, url, status } = endpoint
  const receiver = receiverOf(url, location.origin)
  const reading = useReading(async () => {
    await onChanged()
    return listAttempts(api, uuid)
  }, READ_MS)

  /** Sends a request, reports its success, and reads the result. */
  const command = <T,>(send: () => Promise<Answer<T>>, done: (value: T) => string) =>
    act(async () => {
      const answer = await send()
      if (answer.ok) announce(done(answer.value))
      await reading.reload()
      return answer.ok ? undefined : answer.problem
    })
  const test = (type: string) =>
    command(
      () => sendTest(api, uuid, type),
      (attempt) => `Sent: ${outcomeOf(attempt)[1].toLowerCase()}.`,
    )
  const rotate = () =>
    command(
      async () => {
        const rotated = await rotateSecret(api, uuid)
        if (!rotated.ok) return rotated
        setSecret(rotated.value.secret)
        if (receiver) await setReceiver(api, receiver, { secret: rotated.value.secret })
        return rotated
      },
      () => 'The endpoint has a new secret. For 24 hours, both secrets sign.',
    )
  const remove = () =>
    act(async () => {
      const removed = await removeEndpoint(api, uuid)
      if (!removed.ok) return removed.problem
      announce('The endpoint was deleted.')
      onRemoved()
      await onChanged()
      return undefined
    })
  const next = status === 'enabled' ? 'paused' : 'enabled'
  const change = (to: 'enabled' | 'paused') =>
    command(
      () => setStatus(api, uuid, to),
      () => (to === 'paused' ? 'The endpoint is paused.' : 'Deliveries continue.'),
    )

  return (
    <div class="payment-details">
      {receiver !== undefined && <ReceiverFault name={receiver} />}
      <TestForm isBusy={isBusy} onSend={test} />
      <div class="actions">
        {(status === 'enabled' || canResume(endpoint)) && (
          <Button isSmall isBusy={isBusy} onClick={() => change(next)}>
            {next === 'paused' ? 'Pause' : 'Resume'}
          </Button>
        )}
        <Button isSmall isBusy={isBusy} onClick={rotate}>
          New secret
        </Button>
        <Button isSmall kind="danger" isBusy={isBusy} onClick={remove}>
          Delete
        </Button>
      </div>
      <ShownOnce label="New secret" text={secret} />
      <ProblemNote problem={problem ?? reading.problem} />
      <Attempts
        attempts={reading.value ?? []}
        isBusy={isBusy}
        onReplay={(event) =>
          command(
            () => replayEvent(api, uuid, event),
            () => 'The event is sent again.',
          )
        }
      />
    </div>
  )
}

export function EndpointItem(props: EndpointItemProps) {
  const { endpoint } = props
  const [isShown, setShown] = useState(false)
  const [tone, word] = statusOf(endpoint)
  const situation = situationOf(endpoint)
  const name = receiverOf(endpoint.url, location.origin)
  return (
    <li class="payment" aria-label={`Endpoint ${name ?? endpoint.url}`}>
      <details open={isShown} onToggle={(event) => setShown(event.currentTarget.open)}>
        <summary class="payment-head expands">
          <strong class="address">{name ?? endpoint.url.replace(/^https:\/\//, '')}</strong>
          <Pill tone={tone}>{word}</Pill>
          <span class="note moment">
            {printTypes(endpoint.types)}
            {situation && ` · ${situation}`}
          </span>
        </summary>
        {isShown && <Details {...props} />}
      </details>
    </li>
  )
}
