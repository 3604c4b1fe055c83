/** Field for a CSV file, whose text is sent in JSON. */
import { useId } from 'preact/hooks'
import type { Problem } from '../../shared/api'

interface CsvFieldProps {
  readonly rule: string
  readonly problem: Problem | undefined
  readonly onText: (text: string) => void
}

/** At most this many errors are shown; correcting the first ones often corrects the others. */
const SHOWN = 10

export function CsvField({ rule, problem, onText }: CsvFieldProps) {
  const id = useId()
  const errors = (problem?.errors ?? []).filter(({ pointer }) => pointer === '/csv')
  return (
    <div class="labelled">
      <label class="field">
        CSV file
        <input
          type="file"
          accept=".csv,text/csv"
          required
          aria-invalid={errors.length > 0}
          aria-describedby={id}
          onChange={(event) => {
            const [file] = event.currentTarget.files ?? []
            void file?.text().then(onText)
          }}
        />
      </label>
      <div id={id}>
        {errors.length === 0 ? (
          <p class="note">{rule}</p>
        ) : (
          <ul class="field-error">
            {errors.slice(0, SHOWN).map(({ message }) => (
              <li key={message}>{message}</li>
            ))}
            {errors.length > SHOWN && <li>and {errors.length - SHOWN} more</li>}
          </ul>
        )}
      </div>
    </div>
  )
}
