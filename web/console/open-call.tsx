/** An open call, the largest element of the page: its meter, its warnings and its buttons. */
import { useRef } from 'preact/hooks'
import { CallMeter } from './call-meter'
import { EVENT_WORDS, isCreditLow, whoOf } from './call-texts'
import { useDesk, useHandOn, useNow } from './desk'
import { useAction } from '../shared/use-action'
import { readMeter } from './meter-view'
import type { Call, CallEvent } from './model'
import { QuickTopUp } from './quick-top-up'
import { Button } from '../shared/button'
import { Pill, ProblemNote } from '../shared/notes'
import { printTime } from '../shared/print'
import { CALL_STATUSES, wordOf } from '../shared/words'
import { Talk } from './talk'
import { useCallEvents } from './use-call-events'
import './open-call.css'

interface OpenCallProps {
  readonly call: Call
  readonly onEnded: () => void
}

function Trail({ events }: { readonly events: readonly CallEvent[] }) {
  return (
    <ol class="trail" aria-label="Events of the call">
      {events.slice(-4).map(({ type, at }) => (
        <li key={`${type} ${at}`}>
          {EVENT_WORDS[type]} {printTime(at)}
        </li>
      ))}
    </ol>
  )
}

const LowCredit = ({ secondsLeft }: { readonly secondsLeft: number }) => (
  <div class="low-credit">
    <p>
      <strong>Your credit lasts {secondsLeft} s.</strong> Top up to keep talking.
    </p>
    <div class="actions">
      <QuickTopUp isPrimary />
    </div>
  </div>
)

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

interface CommandsProps {
  readonly call: Call
  readonly who: string
}

function Commands({ call, who }: CommandsProps) {
  const { api, putCall, refresh } = useDesk()
  const { act, isBusy, problem } = useAction()
  const endButton = useRef<HTMLButtonElement>(null)
  const params = { path: { uuid: call.uuid } }
  const command = (verb: 'answer' | 'end') => () =>
    act(async () => {
      const changed = await api.call((client) => client.PATCH(`/calls/{uuid}/${verb}`, { params }))
      if (!changed.ok) return changed.problem
      putCall(changed.value)
      await refresh()
      return undefined
    })
  return (
    <>
      <div class="actions">
        {call.status === 'initiated' && (
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
      <ProblemNote problem={problem} />
    </>
  )
}

export function OpenCall({ call, onEnded }: OpenCallProps) {
  const { events, isConnected } = useCallEvents(call)
  const item = useHandOn<HTMLLIElement>(onEnded)
  const reading = readMeter(call, useNow(true))
  const isLow = call.started_at !== null && isCreditLow(events, reading.secondsLeft)
  const who = whoOf(call)
  return (
    <li ref={item} class={`call ${isLow ? 'low' : call.status}`} aria-label={`Call to ${who}`}>
      <div class="call-head">
        <strong class="call-who">{who}</strong>
        {call.recipient_name && <span class="note">{call.recipient_phone}</span>}
        <Pill tone={isLow ? 'warn' : 'live'}>{wordOf(CALL_STATUSES, call.status)}</Pill>
        <span class={`link ${isConnected ? 'live' : ''}`}>
          {isConnected ? 'live' : 'connecting…'}
        </span>
      </div>
      {isLow && <LowCredit secondsLeft={reading.secondsLeft} />}
      <CallMeter call={call} reading={reading} />
      <div class="call-foot">
        <Trail events={events} />
        <Commands call={call} who={who} />
      </div>
      <Talk call={call} who={who} />
    </li>
  )
}
