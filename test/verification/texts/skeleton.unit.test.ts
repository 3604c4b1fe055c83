import { describe, expect, it } from 'vitest'
import { compareCode, skeletonOf } from './skeleton.ts'

describe('a changed program has the same code', () => {
  it.each([
    ['a text', "log('one')", 'log("another")'],
    ['a text around expressions', 'log(`${a} of ${b}`)', "log('Of ' + a + b)"],
    ['a text in parts', "log('one ' + 'two')", "log('three')"],
    ['a comment', '/** One. */ log(1)', 'log(1) // two'],
    ['its layout', 'log(1,2)', 'log(\n  1,\n  2,\n)'],
  ])('if only %s differs', (_, before, after) => {
    expect(compareCode('a.ts', before, after)).toMatchObject({ kind: 'texts' })
  })
})

describe('a changed program has other code', () => {
  it.each([
    ['a name', 'log(a)', 'log(b)'],
    ['a number', 'log(1)', 'log(2)'],
    ['a pattern', 'log(/a/)', 'log(/b/)'],
    ['an argument', "log('a')", "log('a', 'b')"],
    ['the order of expressions', 'log(`${a} of ${b}`)', 'log(`${b} of ${a}`)'],
    ['an expression for a text', "log('a')", 'log(a)'],
    ['the name of a field', "log({ 'a b': 1 })", "log({ 'c d': 1 })"],
    ['an imported module', "import 'a'", "import 'b'"],
    ['a type', 'let a: string', 'let a: number'],
  ])('if %s differs', (_, before, after) => {
    expect(compareCode('a.ts', before, after).kind).toBe('code')
  })

  it('if the file is new or was removed', () => {
    expect(compareCode('a.ts', undefined, '').kind).toBe('missing')
    expect(compareCode('a.ts', '', undefined).kind).toBe('missing')
  })
})

it('lists changed texts in source order', () => {
  const change = compareCode('a.ts', "a('1', `2 ${b}`, '3')", "a('1', `4 ${b}`, '5')")
  expect(change).toMatchObject({
    texts: [
      ['2 ${}', '4 ${}'],
      ['3', '5'],
    ],
  })
})

it('rejects a program that does not parse', () => {
  expect(() => skeletonOf('a.ts', 'log(')).toThrow('a.ts')
})
