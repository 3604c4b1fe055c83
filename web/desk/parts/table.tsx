/** Table with a caption. On a narrow screen it scrolls in its own container, which the keyboard can reach. */
import type { ComponentChildren } from 'preact'

export interface Head {
  readonly text: string
  readonly isNumber?: boolean
  /** For screen readers only, such as the column of buttons. */
  readonly isUnseen?: boolean
}

interface TableProps {
  readonly caption: string
  readonly heads: readonly (string | Head)[]
  readonly children: ComponentChildren
}

export function Table({ caption, heads, children }: TableProps) {
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- the keyboard scrolls the container
    <div class="scroll" role="region" aria-label={`Table: ${caption}`} tabIndex={0}>
      <table>
        <caption class="unseen">{caption}</caption>
        <thead>
          <tr>
            {heads.map((head) => {
              const { text, isNumber, isUnseen }: Head =
                typeof head === 'string' ? { text: head } : head
              return (
                <th key={text} scope="col" class={isNumber ? 'number' : undefined}>
                  {isUnseen ? <span class="unseen">{text}</span> : text}
                </th>
              )
            })}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </div>
  )
}
