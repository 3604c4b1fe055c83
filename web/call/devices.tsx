/** Sections that are closed at first: choice of devices, and figures of the connection. */
import type { CallSession, Device, SessionState } from './session/session'
import { DETAILS, DEVICES } from './texts'
import './devices.css'

interface ChoiceProps {
  readonly label: string
  readonly devices: readonly Device[]
  readonly selectedId: string | null
  readonly onSelect: (id: string) => Promise<void>
}

function Choice({ label, devices, selectedId, onSelect }: ChoiceProps) {
  if (devices.length === 0) return null
  return (
    <label class="choice">
      {label}
      <select
        value={selectedId ?? devices[0]?.id ?? ''}
        onChange={(event) => void onSelect(event.currentTarget.value)}
      >
        {devices.map(({ id, label }, index) => (
          <option key={id} value={id}>
            {label === '' ? DEVICES.unnamed(index + 1) : label}
          </option>
        ))}
      </select>
    </label>
  )
}

interface DevicesProps {
  readonly session: CallSession
  readonly state: SessionState
}

/** Browsers name devices only after the microphone is allowed, and some cannot choose a loudspeaker. */
export function Devices({ session, state }: DevicesProps) {
  const { inputs, outputs, inputId, outputId, microphone } = state
  if (microphone !== 'on' || inputs.length + outputs.length === 0) return null
  return (
    <details class="fold">
      <summary>{DEVICES.summary}</summary>
      <div class="fold-body">
        <Choice
          label={DEVICES.microphone}
          devices={inputs}
          selectedId={inputId}
          onSelect={session.selectInput}
        />
        <Choice
          label={DEVICES.loudspeaker}
          devices={outputs}
          selectedId={outputId}
          onSelect={session.selectOutput}
        />
      </div>
    </details>
  )
}

export function Details({ line }: { readonly line: NonNullable<SessionState['line']> }) {
  const rows = [
    [DETAILS.data, DETAILS.dataValue(line.kilobytesPerMinute)],
    [DETAILS.delay, DETAILS.delayValue(line.rttMs)],
    [DETAILS.loss, DETAILS.lossValue(line.lossFraction)],
  ] as const
  return (
    <details class="fold">
      <summary>{DETAILS.summary}</summary>
      <dl class="fold-body rows">
        {rows.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd class="number">{value}</dd>
          </div>
        ))}
      </dl>
    </details>
  )
}
