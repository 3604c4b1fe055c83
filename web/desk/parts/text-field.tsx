/** Labelled field whose value the component keeps, with its rule and its error. */
import type { JSX, TargetedInputEvent } from 'preact'
import { useId } from 'preact/hooks'
import type { Problem } from '../../shared/api'
import { errorsOf } from '../../shared/labelled-input'

interface TextFieldProps {
  readonly label: string
  /** Name of the field in the request's body. */
  readonly name: string
  readonly value: string
  readonly onInput: (value: string) => void
  readonly type?: 'text' | 'date' | 'datetime-local' | 'search'
  readonly rule?: string
  readonly isRequired?: boolean
  readonly isDecimal?: boolean
  readonly isLong?: boolean
  readonly problem?: Problem | undefined
}

type InputProps = Pick<
  JSX.IntrinsicElements['textarea'],
  'name' | 'value' | 'required' | 'aria-invalid' | 'aria-describedby' | 'inputMode'
> & {
  readonly autocomplete: 'off'
  readonly onInput: (event: TargetedInputEvent<HTMLInputElement>) => void
}

/** The types of an input's attributes depend on its type. */
function Input({ type, ...attributes }: InputProps & { readonly type: TextFieldProps['type'] }) {
  if (type === 'date') return <input type="date" {...attributes} />
  if (type === 'datetime-local') return <input type="datetime-local" {...attributes} />
  if (type === 'search') return <input type="search" {...attributes} />
  return <input type="text" {...attributes} />
}

export function TextField(props: TextFieldProps) {
  const { label, name, value, onInput, type = 'text', rule, problem } = props
  const id = useId()
  const error = errorsOf(problem, name)
  const about = error || rule
  const shared = {
    name,
    value,
    autocomplete: 'off',
    required: props.isRequired ?? false,
    'aria-invalid': error !== '',
    'aria-describedby': about ? id : undefined,
  } as const
  return (
    <div class="labelled">
      <label class="field">
        {label}
        {props.isLong ? (
          <textarea {...shared} rows={3} onInput={(event) => onInput(event.currentTarget.value)} />
        ) : (
          <Input
            {...shared}
            type={type}
            {...(props.isDecimal && { inputMode: 'decimal' as const })}
            onInput={(event) => onInput(event.currentTarget.value)}
          />
        )}
      </label>
      {about && (
        <p id={id} class={error ? 'field-error' : 'note'}>
          {about}
        </p>
      )}
    </div>
  )
}
