/** Replaces the costs per minute, which prices must cover. */
import { useState } from 'preact/hooks'
import type { CostsBody } from '../../../src/operators/tariffs/types'
import { Button } from '../../shared/button'
import { remainderOf, useFirstError } from '../../shared/labelled-input'
import { useAction } from '../../shared/use-action'
import { printCount } from '../base/print'
import { post } from '../base/request'
import { useToast } from '../base/toast'
import { Dialog } from '../parts/dialog'
import { ProblemLine } from '../parts/problem-line'
import { CsvField } from './csv-field'

interface FormProps {
  readonly onClose: () => void
  readonly onDone: () => void
}

function Form({ onClose, onDone }: FormProps) {
  const [csv, setCsv] = useState('')
  const { act, isBusy, problem } = useAction()
  const toast = useToast()
  const form = useFirstError(problem)
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    act(async () => {
      const answer = await post<CostsBody>('/operator/tariffs/costs', { csv })
      if (!answer.ok) return answer.problem
      onClose()
      onDone()
      toast(`${printCount(answer.value.rows)} costs are set.`)
      return undefined
    })
  }
  return (
    <form ref={form} class="stack" onSubmit={submit}>
      <p>All earlier costs are replaced. Prices in effect do not change.</p>
      <CsvField
        rule="Columns: prefix, type (optional), cost_kobo_per_minute."
        problem={problem}
        onText={setCsv}
      />
      <ProblemLine problem={remainderOf(problem, ['csv'])} />
      <div class="actions">
        <Button kind="primary" isBusy={isBusy}>
          Replace the costs
        </Button>
        <Button onClick={onClose}>Cancel</Button>
      </div>
    </form>
  )
}

export function UploadCosts({ onDone }: { readonly onDone: () => void }) {
  const [isOpen, setOpen] = useState(false)
  const close = () => setOpen(false)
  return (
    <>
      <Button isSmall onClick={() => setOpen(true)}>
        Upload costs
      </Button>
      {isOpen && (
        <Dialog title="Upload costs" onClose={close}>
          <Form onClose={close} onDone={onDone} />
        </Dialog>
      )}
    </>
  )
}
