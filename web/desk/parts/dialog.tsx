/** A modal dialog of the browser: it keeps the focus, Escape cancels, and the focus returns when it closes. */
import type { ComponentChildren } from 'preact'
import { useEffect, useId, useRef } from 'preact/hooks'
import './dialog.css'

interface DialogProps {
  readonly title: string
  /** While the action runs, Escape does not hide its result. */
  readonly isBusy?: boolean
  readonly onClose: () => void
  readonly children: ComponentChildren
}

/** The control that opened the dialog may be gone after the action. */
function restoreFocus(opener: Element | null): void {
  if (opener instanceof HTMLElement && opener.isConnected) return opener.focus()
  document.querySelector<HTMLElement>('main h1')?.focus({ preventScroll: true })
}

export function Dialog({ title, isBusy = false, onClose, children }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null)
  const id = useId()
  useEffect(() => {
    const opener = document.activeElement
    dialog.current?.showModal()
    return () => {
      /** After the view has been rendered again. */
      window.setTimeout(() => restoreFocus(opener))
    }
  }, [])
  return (
    <dialog
      ref={dialog}
      class="dialog"
      aria-labelledby={id}
      onCancel={(event) => isBusy && event.preventDefault()}
      onClose={onClose}
    >
      <h2 id={id}>{title}</h2>
      {children}
    </dialog>
  )
}
