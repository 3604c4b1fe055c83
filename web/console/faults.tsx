/** Faults of the simulated gateway for future payments: at most one of each kind. */
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
  duplicate: ['Sent twice', 'The second one must not change anything.'],
  late: ['Eight seconds late', 'The service queries the gateway before it arrives.'],
  reordered: ['Out of order', 'An older status arrives last.'],
  dropped: ['Never sent', 'The service queries the gateway automatically after some seconds.'],
  unsigned: ['Without a signature', 'Rejected; it credits nothing.'],
  wrongly_signed: ['Signed with another secret', 'Rejected; it credits nothing.'],
  altered: ['Altered amount', 'The signature does not match, so it is rejected.'],
}

const STATUSES: Explained<StatusFault> = {
  slow: ['Responds after 11 s', 'The service gives up and queries again.'],
  error_500: ['Status 500', 'Twice; then the correct response.'],
  text_502: ['Status 502 without JSON', 'Twice; then the correct response.'],
  contradictory: ['Pending although paid', 'Twice; then the correct response.'],
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
      if (stored.ok) announce('Saved for future payments.')
      else setFaults(faults)
      return stored.ok ? undefined : stored.problem
    })
  }
  return (
    <Section title="Faults">
      <p class="note">
        For future payments, at most one fault of each kind. Select one, then top up.
      </p>
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
