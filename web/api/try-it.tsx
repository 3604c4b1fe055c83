/** A form that sends one operation's request and shows its response. */
import { useState } from 'preact/hooks'
import { Button } from '../shared/button'
import type { Operation, Parameter } from './document'
import { curlOf, keyOf, type Received, send } from './request'

const initialValues = (parameters: readonly Parameter[]): Record<string, string> =>
  Object.fromEntries(parameters.map((parameter) => [keyOf(parameter), '']))

interface TryItProps {
  readonly operation: Operation
  readonly token: string
}

export function TryIt({ operation, token }: TryItProps) {
  const { parameters, body } = operation
  const [values, setValues] = useState(() => initialValues(parameters))
  const [text, setText] = useState(body ? JSON.stringify(body.example, undefined, 2) : '')
  const [received, setReceived] = useState<Received>()
  const [isBusy, setBusy] = useState(false)
  const filled = { values, body: text, token }
  const submit = async (event: SubmitEvent) => {
    event.preventDefault()
    if (isBusy) return
    setBusy(true)
    setReceived(await send(operation, filled))
    setBusy(false)
  }
  return (
    <form class="stack" onSubmit={(event) => void submit(event)}>
      {parameters.map((parameter) => {
        const key = keyOf(parameter)
        return (
          <label key={key} class="field">
            {parameter.name}
            <input
              value={values[key]}
              required={parameter.required === true}
              autocomplete="off"
              onInput={({ currentTarget: { value } }) =>
                setValues((before) => ({ ...before, [key]: value }))
              }
            />
          </label>
        )
      })}
      {body && (
        <label class="field">
          Body
          <textarea
            rows={text.split('\n').length}
            value={text}
            spellcheck={false}
            onInput={(event) => setText(event.currentTarget.value)}
          />
        </label>
      )}
      <figure>
        <figcaption>The same with curl</figcaption>
        <pre>
          <code>{curlOf(operation, filled, location.origin)}</code>
        </pre>
      </figure>
      <div class="row">
        <Button kind="primary" isBusy={isBusy}>
          Send
        </Button>
        {operation.needsToken && !token && (
          <p class="note">
            Without an <a href="#token">access token</a>, the response is 401.
          </p>
        )}
      </div>
      <div role="status">
        {received && (
          <>
            <p class={received.status < 400 && received.status > 0 ? 'good' : 'bad'}>
              <strong>{received.status || 'No response'}</strong>
            </p>
            <pre>
              <code>{received.text}</code>
            </pre>
          </>
        )}
      </div>
    </form>
  )
}
