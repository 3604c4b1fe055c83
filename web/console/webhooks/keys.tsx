/** The user's API keys: a list, and a form for a new one. */
import { useRef, useState } from 'preact/hooks'
import { USER_SCOPES } from '../../../src/keys/scopes'
import { Button } from '../../shared/button'
import { LabelledInput, remainderOf, textOf, useFirstError } from '../../shared/labelled-input'
import { ProblemNote } from '../../shared/notes'
import { printMoment } from '../../shared/print'
import { useAction } from '../../shared/use-action'
import { useDesk } from '../desk'
import { createKey, type Key, listKeys, revokeKey } from './commands'
import { ShownOnce } from './shown-once'
import { useReading } from './use-reading'

interface ListProps {
  readonly keys: readonly Key[]
  readonly isBusy: boolean
  readonly onRevoke: (key: Key) => void
}

const List = ({ keys, isBusy, onRevoke }: ListProps) => (
  <>
    {keys.map((key) => (
      <li key={key.uuid}>
        <div>
          <strong>{key.name}</strong>
          <span class="note">
            {key.scopes.join(', ')}
            {' · '}
            {key.last_used_at ? `Last used ${printMoment(key.last_used_at)}` : 'Not used yet'}
          </span>
        </div>
        <Button
          isSmall
          kind="danger"
          isBusy={isBusy}
          label={`Revoke the key ${key.name}`}
          onClick={() => onRevoke(key)}
        >
          Revoke
        </Button>
      </li>
    ))}
  </>
)

const Scopes = () => (
  <fieldset class="scopes">
    <legend>Scopes</legend>
    {USER_SCOPES.map((scope) => (
      <label key={scope} class="check">
        <input
          type="checkbox"
          name="scopes"
          value={scope}
          defaultChecked={scope === 'events:read' || scope === 'endpoints:write'}
        />
        {scope}
      </label>
    ))}
  </fieldset>
)

export function Keys({ onRevoked }: { readonly onRevoked: () => Promise<void> }) {
  const { api, announce } = useDesk()
  const { act, isBusy, problem } = useAction()
  const form = useFirstError(problem)
  const list = useRef<HTMLUListElement>(null)
  const [key, setKey] = useState<string>()
  const { value: keys, problem: unread, reload } = useReading(() => listKeys(api))

  const create = (event: SubmitEvent) => {
    event.preventDefault()
    const given = new FormData(form.current ?? undefined)
    act(async () => {
      const scopes = given.getAll('scopes').map(String)
      const created = await createKey(api, textOf(given, 'name').trim(), scopes)
      if (!created.ok) return created.problem
      setKey(created.value.key)
      announce('The API key was created.')
      form.current?.reset()
      await reload()
      return undefined
    })
  }
  const revoke = ({ uuid, name }: Key) =>
    act(async () => {
      const revoked = await revokeKey(api, uuid)
      if (!revoked.ok) return revoked.problem
      announce(`The key ${name} was revoked.`)
      list.current?.focus()
      await Promise.all([reload(), onRevoked()])
      return undefined
    })

  return (
    <form class="stack" ref={form} onSubmit={create} noValidate>
      <p class="note">
        With a key, your programs use the API without a log-in. It can do only what its scopes
        allow.
      </p>
      <ul class="sessions" aria-label="API keys" tabIndex={-1} ref={list}>
        <List keys={keys ?? []} isBusy={isBusy} onRevoke={revoke} />
      </ul>
      <LabelledInput label="Name of a new key" name="name" autocomplete="off" problem={problem} />
      <Scopes />
      <div class="actions">
        <Button isSmall isBusy={isBusy}>
          Create a key
        </Button>
      </div>
      <ShownOnce label="API key" text={key} />
      <ProblemNote problem={remainderOf(problem, ['name']) ?? unread} />
    </form>
  )
}
