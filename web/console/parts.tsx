/** The small pieces that the console's parts are made of. */
import type { ComponentChildren, Ref } from 'preact'
import { useId } from 'preact/hooks'
import type { Problem } from './api'
import { capitalise, printWord } from './print'

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

/** What a problem says beyond its title: which fields are wrong, or its detail. */
function explain({ title, detail, errors }: Problem): string {
  if (!errors) return detail.replace(/\.$/, '') === title ? '' : detail
  return errors
    .map(({ pointer, message }) => capitalise(`${printWord(pointer.slice(1))} ${message}.`))
    .join(' ')
}

export function ProblemNote({ problem }: { readonly problem: Problem | undefined }) {
  if (!problem) return null
  return (
    <p class="problem" role="alert">
      <strong>{problem.title}.</strong> {explain(problem)}
    </p>
  )
}

/** Whether the problem is about the field at this JSON pointer. */
export const isAbout = (problem: Problem | undefined, pointer: string): boolean =>
  problem?.errors?.some((error) => error.pointer === pointer) ?? false

interface ButtonProps {
  readonly children: ComponentChildren
  readonly kind?: 'primary' | 'danger' | 'plain'
  readonly isSmall?: boolean
  readonly isBusy?: boolean
  readonly label?: string
  /** Without one, the button sends its form. */
  readonly onClick?: () => void
  readonly buttonRef?: Ref<HTMLButtonElement>
}

/** Busy, it keeps the focus: a disabled button would lose it. */
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

type Tone = 'good' | 'bad' | 'warn' | 'quiet' | 'live'

export const Pill = ({ tone, children }: { tone: Tone; children: ComponentChildren }) => (
  <span class={`pill ${tone}`}>{children}</span>
)

export const Empty = ({ children }: { readonly children: ComponentChildren }) => (
  <p class="empty">{children}</p>
)
