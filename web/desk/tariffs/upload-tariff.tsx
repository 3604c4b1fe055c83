/** Proposes a version from a CSV file. It is a draft until another operator approves it. */
import { useState } from 'preact/hooks'
import type { DraftBody } from '../../../src/operators/tariffs/types'
import { Button } from '../../shared/button'
import { remainderOf, useFirstError } from '../../shared/labelled-input'
import { useAction } from '../../shared/use-action'
import { post } from '../base/request'
import { linkTo } from '../base/route'
import { useToast } from '../base/toast'
import { Dialog } from '../parts/dialog'
import { ProblemLine } from '../parts/problem-line'
import { TextField } from '../parts/text-field'
import { CsvField } from './csv-field'

const FIELDS = ['csv', 'effective_at', 'note']
/** Format of a file that the service reads. */
const RULE = 'Columns: id, prefix, kobo_per_minute; optional: type, forbidden, unit_kobo, …'

/** A local time as the service reads it; a malformed one is sent unchanged. */
function toInstant(local: string): string {
  const date = new Date(local)
  return Number.isNaN(date.getTime()) ? local : date.toISOString()
}

function Form({ onClose }: { readonly onClose: () => void }) {
  const [csv, setCsv] = useState('')
  const [at, setAt] = useState('')
  const [note, setNote] = useState('')
  const { act, isBusy, problem } = useAction()
  const toast = useToast()
  const form = useFirstError(problem)
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    act(async () => {
      const body = { csv, effective_at: toInstant(at), note }
      const answer = await post<DraftBody>('/operator/tariffs', body)
      if (!answer.ok) return answer.problem
      const { version } = answer.value.version
      onClose()
      toast(`Version ${version} is a draft. Check its differences.`)
      location.hash = linkTo(['tariffs', String(version)])
      return undefined
    })
  }
  return (
    <form ref={form} class="stack" onSubmit={submit}>
      <p>No price changes yet. The differences are shown next, and another operator approves.</p>
      <CsvField rule={RULE} problem={problem} onText={setCsv} />
      <TextField
        label="Takes effect (your local time)"
        name="effective_at"
        type="datetime-local"
        value={at}
        onInput={setAt}
        rule="At least five minutes after the approval."
        isRequired
        problem={problem}
      />
      <TextField
        label="Note"
        name="note"
        value={note}
        onInput={setNote}
        rule="Why the prices change, for the approver."
        isRequired
        problem={problem}
      />
      <ProblemLine problem={remainderOf(problem, FIELDS)} />
      <div class="actions">
        <Button kind="primary" isBusy={isBusy}>
          Upload and compare
        </Button>
        <Button onClick={onClose}>Cancel</Button>
      </div>
    </form>
  )
}

export function UploadTariff() {
  const [isOpen, setOpen] = useState(false)
  const close = () => setOpen(false)
  return (
    <>
      <Button kind="primary" onClick={() => setOpen(true)}>
        Upload a version
      </Button>
      {isOpen && (
        <Dialog title="Upload a version" onClose={close}>
          <Form onClose={close} />
        </Dialog>
      )}
    </>
  )
}
