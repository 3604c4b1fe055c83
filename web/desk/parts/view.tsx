/** A view with its heading, which gets the focus when the operator arrives by a link. */
import type { ComponentChildren } from 'preact'
import { useEffect, useRef } from 'preact/hooks'

interface ViewProps {
  /** Title of the document, which the browser's history keeps. It must not hold personal data. */
  readonly title: string
  /** Heading, if it differs. */
  readonly heading?: string
  readonly aside?: ComponentChildren
  readonly children: ComponentChildren
}

/** The first view of a page does not move the focus. */
let isFirst = true

export function View({ title, heading: text, aside, children }: ViewProps) {
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => {
    if (!isFirst) {
      heading.current?.focus({ preventScroll: true })
      window.scrollTo(0, 0)
    }
    isFirst = false
  }, [])
  useEffect(() => {
    document.title = `${title} · AIleana back office`
  }, [title])
  return (
    <div class="view">
      <div class="view-head">
        <h1 ref={heading} tabIndex={-1} class="view-title">
          {text ?? title}
        </h1>
        {aside}
      </div>
      {children}
    </div>
  )
}
