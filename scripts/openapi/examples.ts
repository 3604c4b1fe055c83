/** Builds examples of whole requests and responses from the examples of their fields. Pure. */

export interface Schema {
  readonly $ref?: string
  readonly description?: string
  readonly example?: unknown
  readonly const?: unknown
  readonly default?: unknown
  readonly enum?: readonly unknown[]
  readonly items?: Schema
  readonly properties?: Readonly<Record<string, Schema>>
}

export type Schemas = Readonly<Record<string, Schema>>

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null

/** Returns the schema's own example, or one composed from its parts. */
export function exampleOf(schema: Schema, schemas: Schemas): unknown {
  if ('example' in schema) return schema.example
  const named = schemas[schema.$ref?.split('/').at(-1) ?? '']
  if (named) return exampleOf(named, schemas)
  const { items, properties } = schema
  if (properties)
    return Object.fromEntries(
      Object.entries(properties).map(([name, field]) => [name, exampleOf(field, schemas)]),
    )
  if (items) return [exampleOf(items, schemas)]
  return schema.default ?? schema.const ?? schema.enum?.[0]
}

/** Fills the fields that `example` lacks from the schema. */
export function completeExample(example: unknown, schema: Schema, schemas: Schemas): unknown {
  const whole = exampleOf(schema, schemas)
  return isObject(example) && isObject(whole) ? { ...whole, ...example } : (example ?? whole)
}
