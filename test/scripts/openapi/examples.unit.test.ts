import { type Schema, Validator } from '@cfworker/json-schema'
import { describe, expect, it } from 'vitest'
import document from '../../../docs/openapi.json'
import { PROBLEMS } from '../../../src/http/problems'

interface MediaType {
  readonly schema: Schema
  readonly example?: unknown
  readonly examples?: Readonly<Record<string, { readonly $ref: string }>>
}

interface Body {
  readonly $ref?: string
  readonly description?: string
  readonly content?: Readonly<Record<string, MediaType>>
}

interface Operation {
  readonly operationId: string
  readonly requestBody?: Body
  readonly responses: Readonly<Record<string, Body>>
  readonly parameters?: readonly { readonly name: string; readonly schema: Schema }[]
}

const examples: Readonly<Record<string, { readonly value: unknown }>> = document.components.examples
const shared: Readonly<Record<string, Body>> = document.components.responses
const operations = Object.values(document.paths).flatMap((methods) =>
  Object.values(methods as Record<string, Operation>),
)

const errorsOf = (schema: Schema, value: unknown): unknown[] => {
  const whole = { ...schema, components: document.components } as unknown as Schema
  const { valid, errors } = new Validator(whole, '2020-12', false).validate(value)
  return valid ? [] : errors
}

const valuesOf = ({ example, examples: named = {} }: MediaType): unknown[] => {
  const referred = Object.values(named).map(({ $ref }) => examples[$ref.split('/').at(-1) ?? ''])
  return [...referred.map((found) => found?.value), ...(example === undefined ? [] : [example])]
}

const bodiesOf = ({ requestBody, responses }: Operation): MediaType[] =>
  [...(requestBody ? [requestBody] : []), ...Object.values(responses)]
    .map((body) => (body.$ref ? shared[body.$ref.split('/').at(-1) ?? ''] : body))
    .flatMap((body) => Object.values(body?.content ?? {}))

describe.each(operations)('$operationId', (operation) => {
  it('has valid examples of every body', () => {
    for (const media of bodiesOf(operation)) {
      const values = valuesOf(media)
      expect(values.length).toBeGreaterThan(0)
      for (const value of values) expect(errorsOf(media.schema, value)).toEqual([])
    }
  })

  it('has valid examples of its parameters', () => {
    for (const { name, schema } of operation.parameters ?? [])
      if ('example' in schema) expect(errorsOf(schema, schema['example']), name).toEqual([])
  })
})

it('the document has an example of every problem that an operation declares, and of no other', () => {
  const text = JSON.stringify([document.paths, document.components.responses])
  const declared = Object.keys(PROBLEMS).filter((code) => text.includes(`/examples/${code}"`))
  expect(Object.keys(examples).sort()).toEqual(declared.sort())
  expect(declared.length).toBeGreaterThan(25)
})

it('the document has valid examples of its headers', () => {
  for (const [name, { schema }] of Object.entries(document.components.headers))
    expect(errorsOf(schema as Schema, schema.example), name).toEqual([])
})
