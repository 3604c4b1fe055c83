import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'

const read = (path: string) => readFileSync(join(import.meta.dirname, '../..', path), 'utf8')

it('docs/client.md shows the examples that the tests run', () => {
  const shown = [...read('docs/client.md').matchAll(/```ts\n([\s\S]*?)```/g)].map(
    ([, code]) => code,
  )
  const examples = ['paid-call', 'routes'].map((name) => read(`client/examples/${name}.ts`))
  expect(shown).toEqual(examples)
})
