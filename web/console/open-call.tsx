/** An open call: its meter, drawn from its events, and its buttons. */
import { useEffect, useRef, useState } from 'preact/hooks'
import { useAction, useDesk, useHandOn, useNow } from './desk'
import { type Reading, readMeter } from './meter-view'
import type { Call, CallEvent } from './model'
import { Button } from '../shared/button'
import { Pill, ProblemNote } from '../shared/notes'
import { printKobo, printNaira, printSeconds, printTime, printWord } from '../shared/print'
import { Talk } from './talk'
import { watchCall } from './watch-call'
import './open-call.css'

const LOW_SECONDS = 30

interface OpenCallProps {
  readonly call: Call
  readonly onEnded: () => void
}

const NOTICES: Record<CallEvent['type'], (event: CallEvent) => string> = {
  state: () => '',
  answered: () => 'The call is answered and the meter runs.',
  horizon_moved: ({ seconds_left }) => `The credit now lasts ${printSeconds(seconds_left ?? 0)}.`,
  low_credit: ({ seconds_left }) => `The credit lasts for ${seconds_left ?? 0} more seconds.`,
  ended: ({ call }) => `The call has ended: ${printNaira(call.cost)} charged.`,
}

/** Events of the call so far, and whether the connection is open. */
function useEvents({ uuid }: Call) {
  const { api, clock, putCall, refresh, announce } = useDesk()
  const [events, setEvents] = useState<readonly CallEvent[]>([])
  const [isConnected, setConnected] = useState(false)
  useEffect(() => {
    const onEvent = (event: CallEvent) => {
      clock.aheadMs = Date.parse(event.at) - Date.now()
      setEvents((before) => [...before, event])
      putCall(event.call)
      announce(NOTICES[event.type](event))
      if (event.type !== 'state') void refresh()
    }
    return watchCall(api, uuid, { onEvent, onConnected: setConnected })
  }, [api, uuid, clock, putCall, refresh, announce])
  return { events, isConnected }
}

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

function Meter({ call, reading }: { readonly call: Call; readonly reading: Reading }) {
  const isRinging = call.started_at === null
  const { costKobo, holdAt, seconds, secondsLeft, passed } = reading
  const rate = `${printNaira(call.rate_per_minute)} a minute`
  const until = call.must_end_by === null ? '' : `until ${printTime(call.must_end_by)}`
  const left = printSeconds(secondsLeft)
  return (
    <>
      <dl class="meter">
        <Figure name="Cost so far" value={printKobo(costKobo)} note={rate} testId="cost" />
        {isRinging ? (
          <Figure name="Held" value={printKobo(holdAt)} note="until answered" testId="held" />
        ) : (
          <Figure
            name="Talked"
            value={printSeconds(seconds)}
            note={`${printKobo(holdAt)} held`}
            testId="talked"
          />
        )}
        <Figure
          name={isRinging ? 'Rings for' : 'Time left'}
          value={left}
          note={until}
          testId="left"
        />
      </dl>
      <progress value={passed} aria-label="Time passed until the call must end" />
    </>
  )
}

function Trail({ events }: { readonly events: readonly CallEvent[] }) {
  return (
    <ol class="trail" aria-label="Events of the call">
      {events.slice(-5).map((event) => (
        <li key={`${event.type} ${event.at}`}>
          <code>{event.type}</code> {printTime(event.at)}
        </li>
      ))}
    </ol>
  )
}

interface AnswerButtonProps {
  readonly who: string
  readonly isBusy: boolean
  readonly onAnswer: () => void
  readonly onGone: () => void
}

const AnswerButton = ({ who, isBusy, onAnswer, onGone }: AnswerButtonProps) => (
  <Button
    kind="primary"
    isBusy={isBusy}
    buttonRef={useHandOn<HTMLButtonElement>(onGone)}
    label={`Answer the call to ${who}`}
    onClick={onAnswer}
  >
    Answer
  </Button>
)

export function OpenCall({ call, onEnded }: OpenCallProps) {
  const { api, putCall, refresh } = useDesk()
  const { act, isBusy, problem } = useAction()
  const { events, isConnected } = useEvents(call)
  const item = useHandOn<HTMLLIElement>(onEnded)
  const endButton = useRef<HTMLButtonElement>(null)
  const reading = readMeter(call, useNow(true))
  const isRinging = call.started_at === null
  const isLow = !isRinging && reading.secondsLeft < LOW_SECONDS
  const who = call.recipient_name ?? call.recipient_phone

  const params = { path: { uuid: call.uuid } }
  const command = (verb: 'answer' | 'end') => () =>
    act(async () => {
      const changed = await api.call((client) => client.PATCH(`/calls/{uuid}/${verb}`, { params }))
      if (!changed.ok) return changed.problem
      putCall(changed.value)
      await refresh()
      return undefined
    })
  const looks = isLow ? 'low' : call.status
  return (
    <li ref={item} class={`call ${looks}`} aria-label={`Call to ${who}`}>
      <div class="call-head">
        <strong>{who}</strong>
        {call.recipient_name && <span class="note">{call.recipient_phone}</span>}
        <Pill tone={isLow ? 'warn' : 'live'}>{isRinging ? 'ringing' : printWord(call.status)}</Pill>
        <span class={`link ${isConnected ? 'live' : ''}`}>
          {isConnected ? 'live' : 'connecting…'}
        </span>
      </div>
      <Meter call={call} reading={reading} />
      <div class="call-foot">
        <Trail events={events} />
        <div class="actions">
          {isRinging && call.status === 'initiated' && (
            <AnswerButton
              who={who}
              isBusy={isBusy}
              onAnswer={command('answer')}
              onGone={() => endButton.current?.focus()}
            />
          )}
          <Button
            kind="danger"
            isBusy={isBusy}
            buttonRef={endButton}
            label={`End the call to ${who}`}
            onClick={command('end')}
          >
            End
          </Button>
        </div>
      </div>
      <ProblemNote problem={problem} />
      <Talk call={call} who={who} />
    </li>
  )
}
