/** The parts of the OpenAPI document that the reference shows, with references resolved. Pure. */

export interface Schema {
  readonly $ref?: string
  readonly type?: string | readonly string[]
  readonly format?: string
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly description?: string
  readonly default?: unknown
  readonly example?: unknown
  readonly minimum?: number
  readonly maximum?: number
  readonly items?: Schema
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly anyOf?: readonly Schema[]
  readonly oneOf?: readonly Schema[]
}

interface Media {
  readonly schema?: Schema
  readonly example?: unknown
  readonly examples?: Readonly<Record<string, object>>
}

interface Response {
  readonly $ref?: string
  readonly description?: string
  readonly headers?: Readonly<Record<string, object>>
  readonly content?: Readonly<Record<string, Media>>
}

export interface Parameter {
  readonly name: string
  readonly in: 'path' | 'query' | 'header'
  readonly required?: boolean
  readonly description?: string
  readonly schema: Schema
}

interface WireOperation {
  readonly operationId: string
  readonly tags: readonly [string]
  readonly summary: string
  readonly description: string
  readonly security?: readonly object[]
  readonly parameters?: readonly Parameter[]
  readonly requestBody?: { readonly content: Readonly<Record<string, Media>> }
  readonly responses: Readonly<Record<string, Response>>
}

export interface OpenApi {
  readonly info: { readonly title: string; readonly version: string; readonly description: string }
  readonly tags: readonly { readonly name: string; readonly description: string }[]
  readonly paths: Readonly<Record<string, Readonly<Record<string, WireOperation>>>>
  readonly components: Readonly<Record<'schemas' | 'responses' | 'examples', object>>
}

export interface Result {
  readonly status: string
  readonly description: string
  readonly headers: readonly string[]
  readonly schema: Schema | undefined
  readonly example: unknown
}

export interface Failure {
  readonly status: string
  readonly code: string
  readonly title: string
}

export interface Operation {
  readonly id: string
  readonly tag: string
  readonly method: string
  readonly path: string
  readonly summary: string
  readonly description: string
  readonly needsToken: boolean
  readonly parameters: readonly Parameter[]
  readonly body: { readonly schema: Schema; readonly example: unknown } | undefined
  readonly results: readonly Result[]
  readonly failures: readonly Failure[]
}

/** Object at a reference such as `#/components/schemas/Call`. */
export function resolve<T extends { readonly $ref?: string }>(document: OpenApi, value: T): T {
  if (value.$ref === undefined) return value
  const [, ...keys] = value.$ref.split('/')
  return keys.reduce<unknown>((at, key) => (at as Record<string, unknown>)[key], document) as T
}

/** `Call` of `#/components/schemas/Call`. */
export const refName = ({ $ref }: Schema): string | undefined => $ref?.split('/').at(-1)

const firstMedia = (content: Readonly<Record<string, Media>> | undefined): Media | undefined =>
  Object.values(content ?? {})[0]

/** Codes and titles of a response's problems, whose description is `Title (`code`); …`. */
function failuresOf(status: string, { description = '' }: Response): Failure[] {
  return [...description.matchAll(/(?:^|; )(.+?) \(`(\w+)`\)(?=; |$)/g)].map(
    ([, title = '', code = '']) => ({ status, code, title }),
  )
}

/** Values of the fields' own examples, for a schema without one. */
export function exampleOf(document: OpenApi, schema: Schema | undefined): unknown {
  if (!schema) return undefined
  const { example, default: fallback, properties, items } = resolve(document, schema)
  if (example !== undefined) return example
  if (items) return [exampleOf(document, items)]
  if (!properties) return fallback
  const fields = Object.entries(properties).map(([name, field]) => [
    name,
    exampleOf(document, field),
  ])
  return Object.fromEntries(fields.filter(([, value]) => value !== undefined))
}

function resultOf(document: OpenApi, status: string, response: Response): Result {
  const media = firstMedia(response.content)
  return {
    status,
    description: response.description ?? '',
    headers: Object.keys(response.headers ?? {}),
    schema: media?.schema,
    example: media?.example ?? exampleOf(document, media?.schema),
  }
}

function operationOf(
  document: OpenApi,
  path: string,
  method: string,
  wire: WireOperation,
): Operation {
  const responses = Object.entries(wire.responses).map(
    ([status, response]) => [status, resolve(document, response)] as const,
  )
  const media = firstMedia(wire.requestBody?.content)
  return {
    id: wire.operationId,
    tag: wire.tags[0],
    method: method.toUpperCase(),
    path,
    summary: wire.summary,
    description: wire.description,
    needsToken: (wire.security ?? []).some((scheme) => 'bearerAuth' in scheme),
    parameters: wire.parameters ?? [],
    body: media?.schema && {
      schema: media.schema,
      example: media.example ?? exampleOf(document, media.schema),
    },
    results: responses
      .filter(([status]) => Number(status) < 400)
      .map(([status, response]) => resultOf(document, status, response)),
    failures: responses
      .filter(([status]) => Number(status) >= 400)
      .flatMap(([status, response]) => failuresOf(status, response)),
  }
}

/** All operations, in the document's order of tags. */
export function readOperations(document: OpenApi): Operation[] {
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, wire]) => operationOf(document, path, method, wire)),
  )
  return document.tags.flatMap(({ name }) => operations.filter(({ tag }) => tag === name))
}

const namesOf = (schema: Schema): string[] => {
  const name = refName(schema)
  if (name !== undefined) return [name]
  const options = schema.anyOf ?? schema.oneOf
  if (options) return options.flatMap(namesOf)
  if (schema.items) return [`list of ${namesOf(schema.items).join(' or ')}`]
  const types = typeof schema.type === 'string' ? [schema.type] : (schema.type ?? [])
  return types.map((type) =>
    type === 'string' && schema.format !== undefined ? schema.format : type,
  )
}

/** Type in words: `string or null`, `list of Call`. */
export const typeOf = (schema: Schema): string => namesOf(schema).join(' or ')

/** Allowed values, limits and default of a field; empty if it has none. */
export function rulesOf({ enum: values, minimum, maximum, default: fallback }: Schema): string {
  const rules = [
    values && values.map(String).join(', '),
    minimum !== undefined && `at least ${minimum}`,
    maximum !== undefined && maximum < Number.MAX_SAFE_INTEGER && `at most ${maximum}`,
    fallback !== undefined && fallback !== null && `default ${JSON.stringify(fallback)}`,
  ]
  return rules.filter(Boolean).join('; ')
}
