/** Take, note, resolve, reopen. */
import type { ExceptionAction } from '../../../src/exceptions/exception'
import type { ExceptionBody } from '../../../src/operators/desk-types'
import { Button } from '../../shared/button'
import { useAction } from '../../shared/use-action'
import { post } from '../base/request'
import { useToast } from '../base/toast'
import { ActionButton } from '../parts/action-button'
import { ProblemLine } from '../parts/problem-line'

interface ExceptionActionsProps {
  readonly item: ExceptionBody
  readonly onChanged: () => void
}

const RULE = '3 to 300 characters. Write no personal data.'
const NOTE = { label: 'Note', name: 'note', rule: RULE }
const RESOLUTION = { label: 'How it was resolved', name: 'resolution', rule: RULE }

export function ExceptionActions({ item, onChanged }: ExceptionActionsProps) {
  const { kind, subject, state } = item
  const { act, isBusy, problem } = useAction()
  const toast = useToast()
  const send = (action: ExceptionAction, more: object = {}) =>
    post('/operator/exceptions', { action, kind, subject, ...more })
  const done = (text: string) => () => {
    toast(text)
    onChanged()
  }
  const take = () =>
    act(async () => {
      const answer = await send('take')
      if (!answer.ok) return answer.problem
      done('The exception is yours.')()
      return undefined
    })
  const labelOf = (verb: string) => `${verb} ${kind} ${subject}`
  return (
    <>
      <div class="actions">
        {state === 'open' && (
          <Button isSmall isBusy={isBusy} label={labelOf('Take')} onClick={take}>
            Take
          </Button>
        )}
        <ActionButton
          text="Add a note"
          label={labelOf('Add a note to')}
          title="Add a note"
          confirm="Add the note"
          reason={NOTE}
          run={(note) => send('note', { note })}
          onDone={done('The note was added.')}
        />
        {state !== 'resolved' && (
          <ActionButton
            text="Resolve"
            label={labelOf('Resolve')}
            title="Resolve the exception"
            confirm="Resolve"
            reason={RESOLUTION}
            run={(resolution) => send('resolve', { resolution })}
            onDone={done('The exception is resolved.')}
          />
        )}
        {state !== 'open' && (
          <ActionButton
            text="Reopen"
            label={labelOf('Reopen')}
            title="Reopen the exception"
            confirm="Reopen"
            reason={NOTE}
            run={(note) => send('reopen', { note })}
            onDone={done('The exception is open again.')}
          />
        )}
      </div>
      <ProblemLine problem={problem} />
    </>
  )
}
