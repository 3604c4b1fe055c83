/** Values before or after an action. */
interface ValuesProps {
  readonly name: string
  readonly values: Readonly<Record<string, unknown>> | null
}

const textOf = (value: unknown): string =>
  typeof value === 'string' ? value : JSON.stringify(value)

export const Values = ({ name, values }: ValuesProps) =>
  values && Object.keys(values).length > 0 ? (
    <div class="values">
      <p class="values-name">{name}</p>
      <dl aria-label={name}>
        {Object.entries(values).map(([key, value]) => (
          <div key={key}>
            <dt>{key}</dt>
            <dd>{textOf(value)}</dd>
          </div>
        ))}
      </dl>
    </div>
  ) : null
