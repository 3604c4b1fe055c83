/** Labelled choice. */
interface SelectProps {
  readonly label: string
  readonly name?: string
  readonly value: string
  /** Words by value. */
  readonly options: readonly (readonly [value: string, word: string])[]
  readonly onChange: (value: string) => void
}

export const Select = ({ label, name, value, options, onChange }: SelectProps) => (
  <label class="field">
    {label}
    <select
      {...(name !== undefined && { name })}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
    >
      {options.map(([key, word]) => (
        <option key={key} value={key}>
          {word}
        </option>
      ))}
    </select>
  </label>
)
