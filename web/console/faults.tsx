/** What goes wrong at the simulated gateway with payments to come: one fault of each kind at most. */
import { useEffect, useState } from 'preact/hooks'
import type {
  Faults as FaultsSet,
  StatusFault,
  WebhookFault,
} from '../../src/dev/simulator/scenario'
import { useAction, useDesk } from './desk'
import { ProblemNote } from '../shared/notes'
import { Section } from '../shared/section'
import './faults.css'

type Explained<T extends string> = Record<
  Exclude<T, 'none'>,
  readonly [name: string, effect: string]
>

const WEBHOOKS: Explained<WebhookFault> = {
  duplicate: ['Sent twice', 'The second one must change nothing.'],
  late: ['Eight seconds late', 'The service asks before it comes.'],
  reordered: ['Out of order', 'An older state arrives last.'],
  dropped: ['Never sent', 'The service asks by itself after some seconds.'],
  unsigned: ['Without a signature', 'Refused; nothing is credited by it.'],
  wrongly_signed: ['Signed with another secret', 'Refused; nothing is credited by it.'],
  altered: ['Amount altered on the way', 'The signature does not match: refused.'],
}

const STATUSES: Explained<StatusFault> = {
  slow: ['Answers after 11 s', 'Given up on, and asked again.'],
  error_500: ['Answers 500', 'Twice; then it tells the truth.'],
  text_502: ['Answers 502, not JSON', 'Twice; then it tells the truth.'],
  contradictory: ['Says pending though paid', 'Twice; then it tells the truth.'],
}

interface SwitchesProps {
  readonly legend: string
  readonly explained: Readonly<Record<string, readonly [name: string, effect: string]>>
  readonly chosen: string
  readonly onChoose: (fault: string) => void
}

const Switches = ({ legend, explained, chosen, onChoose }: SwitchesProps) => (
  <fieldset class="switches">
    <legend>{legend}</legend>
    {Object.entries(explained).map(([fault, [name, effect]]) => (
      <label key={fault} class="switch">
        <input
          type="checkbox"
          role="switch"
          aria-describedby={`effect-${fault}`}
          aria-label={name}
          checked={chosen === fault}
          onChange={(event) => onChoose(event.currentTarget.checked ? fault : 'none')}
        />
        <span>
          {name}
          <span class="note" id={`effect-${fault}`}>
            {effect}
          </span>
        </span>
      </label>
    ))}
  </fieldset>
)

export function Faults() {
  const { api, announce } = useDesk()
  const { act, isBusy, problem } = useAction()
  const [faults, setFaults] = useState<FaultsSet>()
  useEffect(() => {
    act(async () => {
      const read = await api.simulate<FaultsSet>('GET', '/faults')
      if (read.ok) setFaults(read.value)
      return read.ok ? undefined : read.problem
    })
  }, [act, api])
  const set = (wanted: FaultsSet) => {
    if (isBusy) return
    setFaults(wanted)
    act(async () => {
      const stored = await api.simulate<FaultsSet>('PUT', '/faults', wanted)
      if (stored.ok) announce('Set, for payments to come.')
      else setFaults(faults)
      return stored.ok ? undefined : stored.problem
    })
  }
  return (
    <Section title="Faults">
      <p class="note">Of payments to come, at most one of each kind. Switch one on, then top up.</p>
      {faults && (
        <div class="faults">
          <Switches
            legend="The webhook is…"
            explained={WEBHOOKS}
            chosen={faults.webhook}
            onChoose={(webhook) => set({ ...faults, webhook: webhook as WebhookFault })}
          />
          <Switches
            legend="The status query…"
            explained={STATUSES}
            chosen={faults.status}
            onChoose={(status) => set({ ...faults, status: status as StatusFault })}
          />
        </div>
      )}
      <ProblemNote problem={problem} />
    </Section>
  )
}
