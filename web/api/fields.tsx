/** The fields of a body, and the parameters of a request. */
import {
  type OpenApi,
  type Parameter,
  refName,
  resolve,
  rulesOf,
  type Schema,
  typeOf,
} from './document'
import { Text } from './text'

interface FieldProps {
  readonly name: string
  readonly schema: Schema
  readonly description: string | undefined
  readonly isRequired: boolean
  readonly place?: string
}

const Field = ({ name, schema, description, isRequired, place }: FieldProps) => (
  <div class="entry">
    <dt>
      <code>{name}</code> <span class="note">{typeOf(schema)}</span>
      {place && <span class="note"> in the {place}</span>}
      {isRequired && <span class="required">required</span>}
    </dt>
    <dd>
      <Text text={description ?? ''} />
      {rulesOf(schema) && <p class="note">{rulesOf(schema)}</p>}
    </dd>
  </div>
)

export const Parameters = ({ parameters }: { readonly parameters: readonly Parameter[] }) => (
  <dl class="entries">
    {parameters.map(({ name, in: place, schema, description, required }) => (
      <Field
        key={name}
        name={name}
        schema={schema}
        description={description ?? schema.description}
        isRequired={required === true}
        place={place}
      />
    ))}
  </dl>
)

/** Schema of one item of a list, or of the object itself. */
const objectOf = (document: OpenApi, schema: Schema): Schema => {
  const { items } = resolve(document, schema)
  return resolve(document, items ?? schema)
}

interface FieldsProps {
  readonly document: OpenApi
  readonly schema: Schema
}

export function Fields({ document, schema }: FieldsProps) {
  const { properties = {}, required = [] } = objectOf(document, schema)
  return (
    <dl class="entries">
      {Object.entries(properties).map(([name, field]) => {
        const whole = refName(field) === undefined ? field : resolve(document, field)
        return (
          <Field
            key={name}
            name={name}
            schema={field}
            description={field.description ?? whole.description}
            isRequired={required.includes(name)}
          />
        )
      })}
    </dl>
  )
}
