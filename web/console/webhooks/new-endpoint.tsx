/** Form of a new endpoint. Its address is a simulated receiver unless the user writes another one. */
import { useState } from 'preact/hooks'
import { Button } from '../../shared/button'
import { LabelledInput, remainderOf, textOf, useFirstError } from '../../shared/labelled-input'
import { ProblemNote } from '../../shared/notes'
import { useAction } from '../../shared/use-action'
import { useDesk } from '../desk'
import { createEndpoint, setReceiver } from './commands'
import { ShownOnce } from './shown-once'
import { EVENT_CHOICES, type EventChoice, receiverOf, typesOf } from './texts'

interface NewEndpointProps {
  readonly onCreated: () => Promise<void>
}

/** A new name, so that each endpoint has a receiver of its own. */
const newReceiver = (): string =>
  `${location.origin}/simulator/receiver/${crypto.randomUUID().slice(0, 8)}`

export function NewEndpoint({ onCreated }: NewEndpointProps) {
  const { api, announce } = useDesk()
  const { act, isBusy, problem } = useAction()
  const form = useFirstError(problem)
  const [address, setAddress] = useState(newReceiver)
  const [secret, setSecret] = useState<string>()

  const create = (event: SubmitEvent) => {
    event.preventDefault()
    const given = new FormData(form.current ?? undefined)
    act(async () => {
      const types = typesOf(textOf(given, 'events') as EventChoice)
      const include_phone = given.has('include_phone')
      const url = textOf(given, 'url').trim()
      const created = await createEndpoint(api, { url, include_phone, ...(types && { types }) })
      if (!created.ok) return created.problem
      const receiver = receiverOf(created.value.url, location.origin)
      const told = receiver && (await setReceiver(api, receiver, { secret: created.value.secret }))
      setSecret(created.value.secret)
      setAddress(newReceiver())
      announce('The endpoint was created.')
      await onCreated()
      return told && !told.ok ? told.problem : undefined
    })
  }

  return (
    <form class="stack" ref={form} onSubmit={create} noValidate>
      <LabelledInput
        key={address}
        label="Address"
        name="url"
        autocomplete="off"
        value={address}
        rule="A receiver of the simulator, or your own, for example at http://localhost:3000."
        problem={problem}
      />
      <label class="field">
        Events
        <select name="events">
          {Object.entries(EVENT_CHOICES).map(([choice, { name }]) => (
            <option key={choice} value={choice}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <label class="check">
        <input type="checkbox" name="include_phone" />
        Phone numbers of recipients in events of calls
      </label>
      <div class="actions">
        <Button isSmall isBusy={isBusy}>
          Create an endpoint
        </Button>
      </div>
      <ShownOnce label="Secret of the endpoint" text={secret} />
      <ProblemNote problem={remainderOf(problem, ['url'])} />
    </form>
  )
}
