import { useState } from 'preact/hooks'
import { newKey } from './api'
import { useAction, useDesk } from './desk'
import type { Call } from './model'
import { Button } from '../shared/button'
import { isAbout, ProblemNote } from '../shared/notes'
import './start-call.css'

export function StartCall() {
  const { api, putCall, refresh, announce } = useDesk()
  const { act, isBusy, problem } = useAction()
  const [phone, setPhone] = useState('0803 123 4567')
  const [name, setName] = useState('')
  const [type, setType] = useState<Call['type']>('audio')

  const start = (event: SubmitEvent) => {
    event.preventDefault()
    act(async () => {
      const body = { recipient_phone: phone, type, ...(name && { recipient_name: name }) }
      const started = await api.call((client) => client.POST('/calls', { body, params: newKey() }))
      if (!started.ok) return started.problem
      putCall(started.value)
      announce('The call is ringing.')
      await refresh()
      return undefined
    })
  }
  return (
    <form class="start-call" onSubmit={start} noValidate>
      <label class="field grow">
        Phone number
        <input
          type="tel"
          autocomplete="off"
          value={phone}
          aria-invalid={isAbout(problem, '/recipient_phone')}
          onInput={(event) => setPhone(event.currentTarget.value)}
        />
      </label>
      <label class="field grow">
        Name (optional)
        <input
          autocomplete="off"
          value={name}
          onInput={(event) => setName(event.currentTarget.value)}
        />
      </label>
      <label class="field">
        Type
        <select
          value={type}
          onChange={(event) => setType(event.currentTarget.value as Call['type'])}
        >
          <option value="audio">Audio</option>
          <option value="video">Video</option>
        </select>
      </label>
      <Button kind="primary" isBusy={isBusy}>
        Start call
      </Button>
      <ProblemNote problem={problem} />
    </form>
  )
}
