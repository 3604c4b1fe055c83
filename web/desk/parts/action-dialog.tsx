/** Dialog of one action: what it does, its effect in figures, a reason, and the button that does it. */
import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'
import type { EffectBody } from '../../../src/operators/desk-types'
import { Button } from '../../shared/button'
import { useFirstError, remainderOf } from '../../shared/labelled-input'
import { useAction } from '../../shared/use-action'
import type { Answer } from '../base/request'
import { useLoad } from '../base/use-load'
import { Dialog } from './dialog'
import { Figures } from './figures'
import { ProblemLine } from './problem-line'
import { TextField } from './text-field'

export interface ActionOptions<T> {
  readonly title: string
  /** Sentences that state what the action does. */
  readonly children?: ComponentChildren
  /** Path of the figures. */
  readonly effectPath?: string
  readonly confirm: string
  readonly isDanger?: boolean
  /** Field of the text; null if the action needs none. */
  readonly reason?: { readonly label: string; readonly name: string; readonly rule: string } | null
  readonly run: (reason: string) => Promise<Answer<T>>
  readonly onDone: (value: T) => void
}

interface ActionDialogProps<T> extends ActionOptions<T> {
  readonly onClose: () => void
}

export const REASON = {
  label: 'Reason',
  name: 'reason',
  rule: '3 to 300 characters. The log keeps it; write no personal data.',
}

export function ActionDialog<T>(props: ActionDialogProps<T>) {
  const { title, children, effectPath, confirm, isDanger, run, onDone, onClose } = props
  const field = props.reason === undefined ? REASON : props.reason
  const [text, setText] = useState('')
  const { act, isBusy, problem } = useAction()
  const effect = useLoad<EffectBody>(effectPath)
  const isKnown = effectPath === undefined || Boolean(effect.value ?? effect.problem)
  const form = useFirstError(problem)
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    if (!isKnown) return
    act(async () => {
      const answer = await run(text.trim())
      if (!answer.ok) return answer.problem
      onClose()
      onDone(answer.value)
      return undefined
    })
  }
  return (
    <Dialog title={title} isBusy={isBusy} onClose={onClose}>
      <form ref={form} class="stack" onSubmit={submit}>
        {children}
        {effectPath && <Figures effect={effect} />}
        {field && (
          <TextField
            label={field.label}
            name={field.name}
            value={text}
            onInput={setText}
            rule={field.rule}
            isRequired
            problem={problem}
          />
        )}
        <ProblemLine problem={remainderOf(problem, field ? [field.name] : [])} />
        <div class="actions">
          <Button kind={isDanger ? 'danger' : 'primary'} isBusy={isBusy || !isKnown}>
            {confirm}
          </Button>
          <Button onClick={onClose}>Cancel</Button>
        </div>
      </form>
    </Dialog>
  )
}
