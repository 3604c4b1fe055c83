/** The document stays small: nothing is repeated that can be declared once. */
import { describe, expect, it } from 'vitest'
import document from '../../../docs/openapi.json'

const LIMIT_BYTES = 490_000

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Every field of the document below `value`, with its path. */
function* fieldsOf(value: unknown, path = '#'): Generator<[path: string, value: unknown]> {
  if (typeof value !== 'object' || value === null) return
  for (const [name, field] of Object.entries(value)) {
    yield [`${path}/${name}`, field]
    yield* fieldsOf(field, `${path}/${name}`)
  }
}

const fields = [...fieldsOf(document)]

const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods as Record<string, { readonly responses: Record<string, unknown> }>).map(
    ([method, { responses }]) => ({ name: `${method} ${path}`, responses }),
  ),
)

describe('the API document', () => {
  it(`has at most ${LIMIT_BYTES} bytes`, () => {
    expect(JSON.stringify(document, null, 2).length).toBeLessThan(LIMIT_BYTES)
  })

  it('declares no range of statuses', () => {
    const statuses = operations.flatMap(({ responses }) => Object.keys(responses))
    expect(statuses.filter((status) => !/^\d{3}$/.test(status))).toEqual([])
  })

  it('names the schema of every body', () => {
    const unnamed = fields.filter(
      ([path, value]) =>
        /\/content\/[^/]+(~1|\/)[^/]+\/schema$/.test(path) && isRecord(value) && !('$ref' in value),
    )
    expect(unnamed).toEqual([])
  })

  it('has no object schema inside another schema', () => {
    const inline = fields.filter(
      ([path, value]) =>
        /^#\/components\/schemas\/\w+\/.*\/?(properties|items)(\/\w+)?$/.test(path) &&
        isRecord(value) &&
        value['type'] === 'object',
    )
    expect(inline).toEqual([])
  })

  it('has no length limit of 2^53', () => {
    expect(
      fields.filter(([path, value]) => path.endsWith('/maxLength') && value === 2 ** 53 - 1),
    ).toEqual([])
  })

  it.each(['headers', 'responses'] as const)('refers to each of its %s', (kind) => {
    const text = JSON.stringify(document)
    for (const name of Object.keys(document.components[kind]))
      expect(text).toContain(`"#/components/${kind}/${name}"`)
  })

  it('declares each header for less than a quarter of the responses', () => {
    const names = Object.keys(document.components.headers)
    const all = operations.flatMap(({ responses }) => Object.values(responses))
    for (const name of names) {
      const count = all.filter((response) =>
        JSON.stringify(response).includes(`/headers/${name}"`),
      ).length
      expect(count, name).toBeLessThan(all.length / 4)
    }
  })
})
