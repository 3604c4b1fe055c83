/** The user's passkeys and recovery codes. The form confirms the user's identity before each change. */
import { useRef, useState } from 'preact/hooks'
import type { Api, Problem } from '../shared/api'
import { Button } from '../shared/button'
import { LabelledInput, remainderOf, textOf, useFirstError } from '../shared/labelled-input'
import { ProblemNote } from '../shared/notes'
import { printMoment } from '../shared/print'
import { useAction } from '../shared/use-action'
import { confirmBy } from './confirm'
import { createPasskey } from './passkey'
import { PROOF_FIELDS, ProofFields, withProofField } from './proof-fields'
import { type Passkeys as Found, usePasskeys } from './use-passkeys'

type Headers = { readonly header: { readonly confirmation: string } }

async function addPasskey(api: Api, params: Headers, name: string): Promise<Problem | undefined> {
  const options = await api.call((client) => client.POST('/users/me/passkey/options', { params }))
  if (!options.ok) return options.problem
  const created = await createPasskey(options.value)
  if (!created.ok) return created.problem
  const body = { name, passkey: created.value }
  const added = await api.call((client) => client.POST('/users/me/passkeys', { params, body }))
  return added.ok ? undefined : added.problem
}

function Codes({ codes }: { readonly codes: readonly string[] }) {
  if (codes.length === 0) return null
  return (
    <div class="stack">
      <p class="note">
        Keep these codes in a safe place: they are not shown again. Each works once, with your
        password.
      </p>
      <ul class="codes" aria-label="Recovery codes">
        {codes.map((code) => (
          <li key={code}>
            <code>{code}</code>
          </li>
        ))}
      </ul>
    </div>
  )
}

interface ListProps {
  readonly passkeys: Found['passkeys']
  readonly isBusy: boolean
  readonly onRemove: (uuid: string) => void
}

const List = ({ passkeys, isBusy, onRemove }: ListProps) => (
  <ul class="sessions" aria-label="Passkeys">
    {passkeys.map(({ uuid, name, last_used_at }) => (
      <li key={uuid}>
        <div>
          <strong>{name}</strong>
          <span class="note">
            {last_used_at ? `Last used ${printMoment(last_used_at)}` : 'Not used yet'}
          </span>
        </div>
        <Button
          isSmall
          isBusy={isBusy}
          label={`Remove the passkey ${name}`}
          onClick={() => onRemove(uuid)}
        >
          Remove
        </Button>
      </li>
    ))}
  </ul>
)

export function Passkeys({ api }: { readonly api: Api }) {
  const { found, problem: unread, read } = usePasskeys(api)
  const action = useAction()
  const problem = withProofField(action.problem)
  const fields = useFirstError(problem)
  const [codes, setCodes] = useState<readonly string[]>([])
  const [news, setNews] = useState('')
  const form = useRef<HTMLFormElement>(null)
  const passkeys = found?.passkeys ?? []

  /** Confirms the user's identity, makes a change, and shows the result. */
  const change = (
    done: string,
    work: (params: Headers, given: FormData) => Promise<Problem | undefined>,
  ) =>
    action.act(async () => {
      setNews('')
      const given = new FormData(form.current ?? undefined)
      const confirmed = await confirmBy(api, given)
      if (!confirmed.ok) return confirmed.problem
      const failure = await work({ header: { confirmation: confirmed.value } }, given)
      if (failure) return failure
      form.current?.reset()
      setNews(done)
      await read()
      return undefined
    })
  const add = (event: SubmitEvent) => {
    event.preventDefault()
    change('The passkey was added.', (params, given) =>
      addPasskey(api, params, textOf(given, 'name')),
    )
  }
  const remove = (uuid: string) =>
    change('The passkey was removed.', async ({ header }) => {
      const params = { header, path: { uuid } }
      const removed = await api.call((client) =>
        client.DELETE('/users/me/passkeys/{uuid}', { params }),
      )
      setCodes([])
      return removed.ok ? undefined : removed.problem
    })
  const createCodes = () =>
    change('Recovery codes were created. Earlier ones no longer work.', async (params) => {
      const made = await api.call((client) => client.POST('/users/me/recovery-codes', { params }))
      if (!made.ok) return made.problem
      setCodes(made.value.codes)
      return undefined
    })

  return (
    <form
      ref={(element) => {
        form.current = element
        fields.current = element
      }}
      class="stack"
      onSubmit={add}
      noValidate
    >
      <p class="note">With a passkey, you sign in without a password. It also confirms refunds.</p>
      {passkeys.length > 0 && <List passkeys={passkeys} isBusy={action.isBusy} onRemove={remove} />}
      <LabelledInput
        label="Name of a new passkey"
        name="name"
        autocomplete="off"
        problem={problem}
      />
      <ProofFields hasPasskey={passkeys.length > 0} problem={problem} />
      <div class="actions">
        <Button isSmall isBusy={action.isBusy}>
          Add a passkey
        </Button>
        {passkeys.length > 0 && (
          <Button isSmall isBusy={action.isBusy} onClick={createCodes}>
            Create recovery codes
          </Button>
        )}
      </div>
      {passkeys.length > 0 && (
        <p class="note">{found?.recovery_codes_left ?? 0} recovery codes are left.</p>
      )}
      <Codes codes={codes} />
      <p role="status" class="note">
        {news}
      </p>
      <ProblemNote problem={remainderOf(problem, ['name', ...PROOF_FIELDS]) ?? unread} />
    </form>
  )
}
