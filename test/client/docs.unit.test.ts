import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'

const read = (path: string) => readFileSync(join(import.meta.dirname, path), 'utf8')

const shown = [...read('../../docs/client.md').matchAll(/```ts\n([\s\S]*?)```/g)].map(
  ([, code]) => code,
)

it('docs/client.md shows the examples with the imports of another project', () => {
  const examples = ['fetch', 'hono'].map((name) =>
    read(`examples/${name}.ts`).replaceAll('../../../', 'aileana/'),
  )
  expect(shown).toEqual(examples)
})
