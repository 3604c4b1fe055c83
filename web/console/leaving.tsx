/** Export of the user's data, and deletion of the account. */
import { useCallback, useEffect, useState } from 'preact/hooks'
import type { components } from '../../client/client'
import type { Answer, Api, Problem } from '../shared/api'
import { Button } from '../shared/button'
import { remainderOf, useFirstError } from '../shared/labelled-input'
import { ProblemNote } from '../shared/notes'
import { printMoment } from '../shared/print'
import { useAction } from '../shared/use-action'
import { confirmBy } from './confirm'
import { PROOF_FIELDS, ProofFields, withProofField } from './proof-fields'
import { save } from './save'
import { usePasskeys } from './use-passkeys'

type Deletion = components['schemas']['Deletion']

async function downloadExport(api: Api): Promise<Problem | undefined> {
  const exported: Answer<unknown> = await api.call<unknown>((client) =>
    client.GET('/users/me/export', { parseAs: 'text' }),
  )
  if (!exported.ok) return exported.problem
  save(String(exported.value), 'account.json', 'application/json')
  return undefined
}

function useDeletion(api: Api) {
  const [deletion, setDeletion] = useState<Deletion | null>()
  const { act, ...action } = useAction()
  const read = useCallback(async () => {
    const found = await api.call((client) => client.GET('/users/me/deletion'))
    if (!found.ok && found.problem.code !== 'not_found') return found.problem
    setDeletion(found.ok ? found.value : null)
    return undefined
  }, [api])
  useEffect(() => act(read), [act, read])
  const request = (form: FormData) =>
    act(async () => {
      const confirmed = await confirmBy(api, form)
      if (!confirmed.ok) return confirmed.problem
      const query = { waive_balance: form.has('waive_balance') }
      const params = { query, header: { confirmation: confirmed.value } }
      const requested = await api.call((client) => client.DELETE('/users/me', { params }))
      if (requested.ok) setDeletion(requested.value)
      return requested.ok ? undefined : requested.problem
    })
  const cancel = () =>
    act(async () => {
      const cancelled = await api.call((client) => client.DELETE('/users/me/deletion'))
      return cancelled.ok ? read() : cancelled.problem
    })
  return { deletion, request, cancel, ...action }
}

interface DeletionFormProps {
  readonly api: Api
  readonly isBusy: boolean
  readonly problem: Problem | undefined
  readonly onRequest: (form: FormData) => void
}

function DeletionForm({ api, isBusy, problem, onRequest }: DeletionFormProps) {
  const { found } = usePasskeys(api)
  const fields = useFirstError(problem)
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    onRequest(new FormData(event.currentTarget as HTMLFormElement))
  }
  return (
    <form ref={fields} class="stack" onSubmit={submit} noValidate>
      <p class="note">You can cancel for some days. After that, your personal data is erased.</p>
      <ProofFields hasPasskey={(found?.passkeys.length ?? 0) > 0} problem={problem} />
      <label>
        <input type="checkbox" name="waive_balance" /> Waive the balance that is left
      </label>
      <Button isSmall kind="danger" isBusy={isBusy}>
        Delete my account
      </Button>
      <ProblemNote problem={remainderOf(problem, PROOF_FIELDS)} />
    </form>
  )
}

export function Leaving({ api }: { readonly api: Api }) {
  const exporting = useAction()
  const { deletion, request, cancel, isBusy, problem } = useDeletion(api)
  return (
    <div class="stack">
      <Button
        isSmall
        isBusy={exporting.isBusy}
        onClick={() => exporting.act(() => downloadExport(api))}
      >
        Download my data
      </Button>
      <ProblemNote problem={exporting.problem} />
      {deletion === null && (
        <DeletionForm
          api={api}
          isBusy={isBusy}
          problem={withProofField(problem)}
          onRequest={request}
        />
      )}
      {deletion && (
        <>
          <p role="status">Your account will be erased on {printMoment(deletion.erase_at)}.</p>
          <Button isSmall isBusy={isBusy} onClick={cancel}>
            Keep my account
          </Button>
          <ProblemNote problem={problem} />
        </>
      )}
    </div>
  )
}
