import type { ComponentChildren, Ref } from 'preact'
import './button.css'

interface ButtonProps {
  readonly children: ComponentChildren
  readonly kind?: 'primary' | 'danger' | 'plain'
  readonly isSmall?: boolean
  readonly isBusy?: boolean
  readonly label?: string
  /** Without it, the button submits its form. */
  readonly onClick?: () => void
  readonly buttonRef?: Ref<HTMLButtonElement>
}

/** A busy button is not disabled, because it would lose the focus. */
export function Button(props: ButtonProps) {
  const { children, kind = 'plain', isSmall, isBusy, label, onClick, buttonRef } = props
  return (
    <button
      ref={buttonRef ?? null}
      type={onClick ? 'button' : 'submit'}
      class={`button ${kind}${isSmall ? ' small' : ''}`}
      aria-disabled={isBusy ? 'true' : undefined}
      aria-label={label}
      onClick={onClick}
    >
      {children}
    </button>
  )
}
