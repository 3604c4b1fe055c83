/** Text field with its rule and its error beside it. */
import { useEffect, useId, useRef } from 'preact/hooks'
import { capitalise } from './print'
import type { Problem } from './api'

interface LabelledInputProps {
  readonly label: string
  readonly name: string
  readonly type?: 'text' | 'email' | 'password'
  readonly autocomplete: 'given-name' | 'username' | 'current-password' | 'new-password' | 'off'
  /** Initial value. */
  readonly value?: string
  readonly rule?: string
  readonly isRequired?: boolean
  readonly problem: Problem | undefined
}

/** Errors of the field at `/name`, as sentences. */
export const errorsOf = (problem: Problem | undefined, name: string): string =>
  (problem?.errors ?? [])
    .filter(({ pointer }) => pointer === `/${name}`)
    .map(({ message }) => `${capitalise(message)}.`)
    .join(' ')

interface Attributes {
  readonly name: string
  readonly autocomplete: LabelledInputProps['autocomplete']
  readonly required: boolean
  readonly defaultValue?: string
  readonly 'aria-invalid': boolean
  readonly 'aria-describedby': string | undefined
}

/** The types of an input's attributes depend on its type. */
function Input({ type, ...attributes }: Attributes & { readonly type: string }) {
  if (type === 'password') return <input type="password" {...attributes} />
  if (type === 'email') return <input type="email" {...attributes} />
  return <input type="text" {...attributes} />
}

export function LabelledInput(props: LabelledInputProps) {
  const {
    label,
    name,
    type = 'text',
    autocomplete,
    rule,
    isRequired = true,
    value,
    problem,
  } = props
  const id = useId()
  const error = errorsOf(problem, name)
  const about = error || rule
  const attributes = {
    name,
    autocomplete,
    required: isRequired,
    ...(value !== undefined && { defaultValue: value }),
    'aria-invalid': error !== '',
    'aria-describedby': about ? id : undefined,
  }
  return (
    <div class="labelled">
      <label class="field">
        {label}
        <Input type={type} {...attributes} />
      </label>
      {about && (
        <p id={id} class={error ? 'field-error' : 'note'}>
          {about}
        </p>
      )}
    </div>
  )
}

/** Moves the focus to the first field that a problem concerns. @returns reference of the form */
export function useFirstError(problem: Problem | undefined) {
  const form = useRef<HTMLFormElement>(null)
  useEffect(() => {
    if (problem) form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus()
  }, [problem])
  return form
}

export function textOf(form: FormData, name: string): string {
  const value = form.get(name)
  return typeof value === 'string' ? value : ''
}

/** Problem whose errors no field of the form shows. */
export const remainderOf = (
  problem: Problem | undefined,
  names: readonly string[],
): Problem | undefined =>
  problem?.errors?.every(({ pointer }) => names.includes(pointer.slice(1))) ? undefined : problem
