/** A receipt: named facts, notes, and a button that prints it alone. */
import type { ComponentChildren } from 'preact'
import { useRef } from 'preact/hooks'
import { Button } from '../shared/button'
import './receipt.css'

export interface Fact {
  readonly name: string
  readonly value: ComponentChildren
}

interface ReceiptProps {
  readonly title: string
  readonly facts: readonly Fact[]
  readonly children?: ComponentChildren
}

/** Prints one element: the style sheet hides all others meanwhile. */
function printAlone(element: HTMLElement): void {
  const closed = [...element.querySelectorAll<HTMLDetailsElement>('details:not([open])')]
  for (const details of closed) details.open = true
  element.dataset['printed'] = ''
  const restore = () => {
    delete element.dataset['printed']
    for (const details of closed) details.open = false
  }
  addEventListener('afterprint', restore, { once: true })
  print()
}

export function Receipt({ title, facts, children }: ReceiptProps) {
  const receipt = useRef<HTMLDivElement>(null)
  return (
    <div ref={receipt} class="receipt">
      <p class="receipt-title">AIleana receipt: {title}</p>
      <dl class="facts">
        {facts.map(({ name, value }) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {children}
      <Button
        isSmall
        label={`Print receipt: ${title}`}
        onClick={() => receipt.current && printAlone(receipt.current)}
      >
        Print receipt
      </Button>
    </div>
  )
}
