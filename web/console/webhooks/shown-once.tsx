/** A secret that the service shows only once, with a button that copies it. */
import { CopyButton } from '../../shared/copy-button'

interface ShownOnceProps {
  readonly label: string
  readonly text: string | undefined
}

export function ShownOnce({ label, text }: ShownOnceProps) {
  if (text === undefined) return null
  return (
    <div class="stack" role="status">
      <div class="secret">
        <label class="field">
          {label}
          <input readOnly value={text} onFocus={(event) => event.currentTarget.select()} />
        </label>
        <CopyButton text={text} name={label.toLowerCase()} />
      </div>
      <p class="note">Copy it now: it is not shown again.</p>
    </div>
  )
}
