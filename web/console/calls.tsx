/** Calls: the form to start one, and ended calls. */
import type { RefObject } from 'preact'
import { useDesk } from './desk'
import { type Call, isOpen } from './model'
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

interface CallsProps {
  readonly headingRef: RefObject<HTMLHeadingElement | null>
}

export function Calls({ headingRef }: CallsProps) {
  const { holdings } = useDesk()
  const ended = holdings.calls.filter((call) => !isOpen(call)).slice(0, 5)
  return (
    <Section title="Calls" headingRef={headingRef}>
      <StartCall />
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
