/** A call whose credit ran out, in the place of the call, until the user dismisses it. */
import { useLayoutEffect, useRef } from 'preact/hooks'
import { newKey } from '../shared/api'
import { runOutText, whoOf } from './call-texts'
import { useDesk } from './desk'
import { useAction } from '../shared/use-action'
import type { Call } from './model'
import { QuickTopUp } from './quick-top-up'
import { Button } from '../shared/button'
import { ProblemNote } from '../shared/notes'

interface RunOutCallProps {
  readonly call: Call
  readonly onDismiss: () => void
}

export function RunOutCall({ call, onDismiss }: RunOutCallProps) {
  const { api, putCall, refresh, announce } = useDesk()
  const { act, isBusy, problem } = useAction()
  const heading = useRef<HTMLHeadingElement>(null)
  const { recipient_phone, recipient_name, type } = call
  const who = whoOf(call)
  useLayoutEffect(() => {
    /** The open call was removed with its focused button. Takes the focus, unless the user has moved it elsewhere. */
    if (document.activeElement?.matches('body, h2')) heading.current?.focus({ preventScroll: true })
  }, [])
  const callAgain = () =>
    act(async () => {
      const body = { recipient_phone, type, ...(recipient_name && { recipient_name }) }
      const started = await api.call((client) => client.POST('/calls', { body, params: newKey() }))
      if (!started.ok) return started.problem
      putCall(started.value)
      announce('The call has started.')
      onDismiss()
      await refresh()
      return undefined
    })
  return (
    <div class="call run-out">
      <div class="call-head">
        <h2 class="call-who" tabIndex={-1} ref={heading}>
          Call to {who} ended
        </h2>
      </div>
      <p class="run-out-text" role="alert">
        {runOutText(call)}
      </p>
      <div class="actions">
        <QuickTopUp isPrimary />
        <Button isBusy={isBusy} label={`Call again: ${who}`} onClick={callAgain}>
          Call again
        </Button>
        <Button label={`Dismiss the call to ${who}`} onClick={onDismiss}>
          Dismiss
        </Button>
      </div>
      <ProblemNote problem={problem} />
    </div>
  )
}
