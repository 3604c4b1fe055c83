/** Faults of the simulated gateway for the user's future payments: at most one of each kind. */
import { useState } from 'preact/hooks'
import { STATUS_NAMES, WEBHOOK_NAMES, type FaultName } from '../../src/dev/simulator/fault-names'
import { type ActiveFault, FAULTS_LAST_MS } from '../../src/dev/simulator/faults'
import type {
  Faults as FaultsSet,
  StatusFault,
  WebhookFault,
} from '../../src/dev/simulator/scenario'
import { ProblemNote } from '../shared/notes'
import { printTime } from '../shared/print'
import { Section } from '../shared/section'
import { queryOf, readFaults, useActiveFaults } from './active-faults'
import { useDesk } from './desk'
import { useAction } from '../shared/use-action'
import './faults.css'

interface SwitchesProps {
  readonly legend: string
  readonly names: Readonly<Record<string, FaultName>>
  readonly chosen: string
  readonly onChoose: (fault: string) => void
}

const Switches = ({ legend, names, chosen, onChoose }: SwitchesProps) => (
  <fieldset class="switches">
    <legend>{legend}</legend>
    {Object.entries(names).map(([fault, { name, effect }]) => (
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

/** Lists the faults that are on, because those for everyone have no switch here. */
const ActiveFaults = ({ faults }: { readonly faults: readonly ActiveFault[] }) => (
  <div role="status">
    {faults.length === 0 ? (
      <p class="note">No fault is on.</p>
    ) : (
      <ul class="active-faults">
        {faults.map(({ title, user, untilMs }) => (
          <li key={title}>
            {title}, {user === null ? 'for everyone' : 'for you'}, until {printTime(untilMs)}.
          </li>
        ))}
      </ul>
    )}
  </div>
)

const ownFault = (active: readonly ActiveFault[], kind: ActiveFault['kind']): string =>
  active.find((fault) => fault.kind === kind && fault.user !== null)?.fault ?? 'none'

/** The user's own faults, and a function that replaces them. */
function useOwnFaults(email: string, active: readonly ActiveFault[]) {
  const { api, announce } = useDesk()
  const { act, isBusy, problem } = useAction()
  const [wanted, setWanted] = useState<FaultsSet>()
  const stored = {
    webhook: ownFault(active, 'webhook') as WebhookFault,
    status: ownFault(active, 'status') as StatusFault,
  }
  const set = (faults: FaultsSet) => {
    if (isBusy) return
    setWanted(faults)
    act(async () => {
      const put = await api.simulate<FaultsSet>('PUT', `/faults${queryOf(email)}`, faults)
      if (put.ok) announce('Saved for future payments.')
      await readFaults(email)
      setWanted(undefined)
      return put.ok ? undefined : put.problem
    })
  }
  return { faults: wanted ?? stored, set, problem }
}

export function Faults({ email }: { readonly email: string }) {
  const active = useActiveFaults(email)
  const { faults, set, problem } = useOwnFaults(email, active)
  return (
    <div id="faults">
      <Section title="Faults">
        <p class="note">
          For your future payments, at most one fault of each kind. Select one, then top up. It ends
          by itself after {FAULTS_LAST_MS / 60_000} minutes, and affects no other user.
        </p>
        <ActiveFaults faults={active} />
        <div class="faults">
          <Switches
            legend="Webhook"
            names={WEBHOOK_NAMES}
            chosen={faults.webhook}
            onChoose={(webhook) => set({ ...faults, webhook: webhook as WebhookFault })}
          />
          <Switches
            legend="Status query"
            names={STATUS_NAMES}
            chosen={faults.status}
            onChoose={(status) => set({ ...faults, status: status as StatusFault })}
          />
        </div>
        <ProblemNote problem={problem} />
      </Section>
    </div>
  )
}
