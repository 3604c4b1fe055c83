/** A text that is shown once, with a button that copies it. */
import { useId } from 'preact/hooks'
import { CopyButton } from '../../shared/copy-button'

interface SecretProps {
  readonly label: string
  readonly text: string
  readonly name: string
}

export function Secret({ label, text, name }: SecretProps) {
  const id = useId()
  return (
    <div class="secret">
      <label class="field grow" htmlFor={id}>
        {label}
        <input
          id={id}
          type="text"
          readOnly
          value={text}
          autocomplete="off"
          onFocus={(event) => event.currentTarget.select()}
        />
      </label>
      <CopyButton text={text} name={name} />
    </div>
  )
}
