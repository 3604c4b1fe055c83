/** Button that opens the dialog of its action. */
import { useCallback, useState } from 'preact/hooks'
import { Button } from '../../shared/button'
import { ActionDialog, type ActionOptions } from './action-dialog'

interface ActionButtonProps<T> extends ActionOptions<T> {
  readonly text: string
  /** Longer name for screen readers, if the text is not unique on the view. */
  readonly label?: string
}

export function ActionButton<T>({ text, label, ...options }: ActionButtonProps<T>) {
  const [isOpen, setOpen] = useState(false)
  const close = useCallback(() => setOpen(false), [])
  return (
    <>
      <Button
        isSmall
        kind={options.isDanger ? 'danger' : 'plain'}
        {...(label !== undefined && { label })}
        onClick={() => setOpen(true)}
      >
        {text}
      </Button>
      {isOpen && <ActionDialog {...options} onClose={close} />}
    </>
  )
}
