/** Fault of the simulated receiver of an endpoint. */
import {
  RECEIVER_FAULTS,
  RECEIVER_RESPONSES,
  type ReceiverFault as Fault,
} from '../../../src/dev/simulator/receiver-faults'
import { ProblemNote } from '../../shared/notes'
import { printTime } from '../../shared/print'
import { useAction } from '../../shared/use-action'
import { useDesk } from '../desk'
import { readReceiver, setReceiver } from './commands'
import { useReading } from './use-reading'

export function ReceiverFault({ name }: { readonly name: string }) {
  const { api, announce } = useDesk()
  const { act, problem } = useAction()
  const { value: receiver, problem: unread, reload } = useReading(() => readReceiver(api, name))
  const set = (fault: Fault) =>
    act(async () => {
      const put = await setReceiver(api, name, { fault })
      if (put.ok) announce(`The receiver: ${RECEIVER_RESPONSES[fault].name.toLowerCase()}.`)
      await reload()
      return put.ok ? undefined : put.problem
    })
  const fault = receiver?.fault ?? 'none'
  const until = receiver?.untilMs ?? null
  return (
    <div class="labelled">
      <label class="field">
        Response of the simulated receiver
        <select
          value={fault}
          onChange={(event) => set(event.currentTarget.value as Fault)}
          aria-describedby={`receiver-${name}`}
        >
          {RECEIVER_FAULTS.map((one) => (
            <option key={one} value={one}>
              {RECEIVER_RESPONSES[one].name}
            </option>
          ))}
        </select>
      </label>
      <p class="note" id={`receiver-${name}`}>
        {RECEIVER_RESPONSES[fault].effect}
        {until !== null && ` The fault lasts until ${printTime(until)}.`}{' '}
        <a href={`/simulator/receiver/${name}`}>What arrived</a>
      </p>
      <ProblemNote problem={problem ?? unread} />
    </div>
  )
}
