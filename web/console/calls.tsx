/** Calls: the form to start one, open calls with their meters, and ended calls. */
import { useRef } from 'preact/hooks'
import { useDesk } from './desk'
import { type Call, isOpen } from './model'
import { OpenCall } from './open-call'
import { Empty, Pill } from '../shared/notes'
import { Section } from '../shared/section'
import { printMoment, printNaira, printSeconds, printWord } from '../shared/print'
import { StartCall } from './start-call'
import './calls.css'

const END_TONES: Record<string, 'bad' | 'warn'> = { credit_exhausted: 'warn', failed: 'bad' }

function EndedCall({ call }: { readonly call: Call }) {
  const { recipient_name, recipient_phone, end_reason, charge, cost, duration_seconds } = call
  return (
    <li class="row">
      <div class="row-main">
        <strong>{recipient_name ?? recipient_phone}</strong>
        <span class="note">{printMoment(call.created_at)}</span>
      </div>
      <span class="number">{printSeconds(duration_seconds ?? 0)}</span>
      <span class="number">{printNaira(cost)}</span>
      <Pill tone={END_TONES[end_reason ?? ''] ?? 'quiet'}>
        {printWord(end_reason ?? call.status)}
      </Pill>
      {charge && <code class="formula">{charge.formula}</code>}
    </li>
  )
}

export function Calls() {
  const { holdings } = useDesk()
  const heading = useRef<HTMLHeadingElement>(null)
  const open = holdings.calls.filter(isOpen)
  const ended = holdings.calls.filter((call) => !isOpen(call)).slice(0, 5)
  return (
    <Section title="Calls" headingRef={heading}>
      <StartCall />
      <ul class="open-calls">
        {open.map((call) => (
          <OpenCall key={call.uuid} call={call} onEnded={() => heading.current?.focus()} />
        ))}
      </ul>
      {holdings.calls.length === 0 && (
        <Empty>No calls yet. A new call holds the price of one minute.</Empty>
      )}
      {ended.length > 0 && (
        <>
          <h3>Ended</h3>
          <ul class="rows">
            {ended.map((call) => (
              <EndedCall key={call.uuid} call={call} />
            ))}
          </ul>
        </>
      )}
    </Section>
  )
}
