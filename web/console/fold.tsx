/** A disclosure whose content exists only while it is open. */
import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'
import './fold.css'

interface FoldProps {
  readonly title: string
  readonly children: ComponentChildren
}

export function Fold({ title, children }: FoldProps) {
  const [isOpen, setOpen] = useState(false)
  return (
    <details class="fold" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{title}</summary>
      {isOpen && <div class="fold-body">{children}</div>}
    </details>
  )
}
