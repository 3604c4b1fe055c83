/** Helpers to read the document's schemas. */
import type { Schema } from '@cfworker/json-schema'
import { document, type Operation, validatorOf } from '../../support/documented'

/** Follows a reference to a schema. */
export function resolve(schema: Schema): Schema {
  const name = schema.$ref?.split('/').at(-1)
  return name === undefined ? schema : resolve(document.components.schemas[name] as Schema)
}

export const fieldsOf = (schema: Schema): [name: string, field: Schema][] =>
  Object.entries((schema.properties ?? {}) as Record<string, Schema>)

export const typesOf = (schema: Schema): string[] => [schema.type ?? []].flat()

export const isValid = (schema: Schema, value: unknown): boolean =>
  validatorOf(schema).validate(value).valid

export const bodySchemaOf = (operation: Operation): Schema | undefined => {
  const schema = operation.requestBody?.content['application/json']?.schema
  return schema && resolve(schema)
}

export const parametersIn = (operation: Operation, where: string) =>
  (operation.parameters ?? []).filter((parameter) => parameter.in === where)
