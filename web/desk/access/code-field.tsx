/** Field for the six digits of an authenticator app. */
import { useId } from 'preact/hooks'
import type { Problem } from '../../shared/api'
import { errorsOf } from '../../shared/labelled-input'

interface CodeFieldProps {
  readonly label: string
  readonly problem: Problem | undefined
}

export function CodeField({ label, problem }: CodeFieldProps) {
  const id = useId()
  const error = errorsOf(problem, 'code')
  return (
    <div class="labelled">
      <label class="field">
        {label}
        <input
          type="text"
          name="code"
          inputMode="numeric"
          autocomplete="one-time-code"
          maxLength={7}
          required
          aria-invalid={error !== ''}
          aria-describedby={error ? id : undefined}
        />
      </label>
      {error && (
        <p id={id} class="field-error">
          {error}
        </p>
      )}
    </div>
  )
}
