import type { ComponentChildren, Ref } from 'preact'
import { useId } from 'preact/hooks'
import './section.css'

interface SectionProps {
  readonly title: string
  readonly headingRef?: Ref<HTMLHeadingElement>
  readonly aside?: ComponentChildren
  readonly children: ComponentChildren
}

export function Section({ title, headingRef, aside, children }: SectionProps) {
  const id = useId()
  return (
    <section class="panel" aria-labelledby={id}>
      <div class="panel-head">
        <h2 id={id} tabIndex={-1} ref={headingRef ?? null}>
          {title}
        </h2>
        {aside}
      </div>
      {children}
    </section>
  )
}
