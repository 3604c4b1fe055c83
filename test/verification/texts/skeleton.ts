/** A program without its texts: two programs with the same skeleton differ in texts and comments only. */
import { parseSync } from 'vite'

export interface Skeleton {
  /** The syntax tree as JSON, with a mark for each text. */
  readonly code: string
  /** Texts in source order. `${}` stands for an expression within one. */
  readonly texts: readonly string[]
}

interface Node {
  readonly type: string
  readonly [field: string]: unknown
}

/** Positions, and spellings that are only another form of a value. */
const OMITTED = new Set(['start', 'end', 'range', 'loc', 'raw', 'parent', 'hashbang'])

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string'

const isText = (node: unknown): boolean =>
  isNode(node) &&
  ((node.type === 'Literal' && typeof node['value'] === 'string') ||
    node.type === 'TemplateLiteral' ||
    (node.type === 'BinaryExpression' &&
      node['operator'] === '+' &&
      (isText(node['left']) || isText(node['right']))))

/** Text of an expression that `isText`, with its expressions in order: `'a' + b` is `${b}` after `a`. */
function readText(node: Node): { text: string; expressions: Node[] } {
  if (!isText(node)) return { text: '${}', expressions: [node] }
  if (node.type === 'Literal') return { text: String(node['value']), expressions: [] }
  if (node.type === 'TemplateLiteral') {
    const quasis = node['quasis'] as readonly { value: { cooked: string } }[]
    const text = quasis.map((quasi) => quasi.value.cooked).join('${}')
    return { text, expressions: node['expressions'] as Node[] }
  }
  const left = readText(node['left'] as Node)
  const right = readText(node['right'] as Node)
  return {
    text: left.text + right.text,
    expressions: [...left.expressions, ...right.expressions],
  }
}

/** Fields whose strings name something, so that another string is another program. */
const NAMES: Readonly<Record<string, string>> = {
  Property: 'key',
  ImportDeclaration: 'source',
  ExportNamedDeclaration: 'source',
  ExportAllDeclaration: 'source',
  ImportExpression: 'source',
}

/** @param name file name, whose ending decides the language. @throws if `source` does not parse. */
export function skeletonOf(name: string, source: string): Skeleton {
  const texts: string[] = []
  const strip = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(strip)
    if (typeof value === 'bigint') return `${value}n`
    if (typeof value !== 'object' || value === null) return value
    if (isNode(value) && isText(value)) {
      const { text, expressions } = readText(value)
      texts.push(text)
      return { text: expressions.map(strip) }
    }
    const kept = isNode(value) ? NAMES[value.type] : undefined
    return Object.fromEntries(
      Object.entries(value)
        .filter(([field]) => !OMITTED.has(field))
        .map(([field, part]) => {
          const isName = field === kept && isNode(part) && part.type === 'Literal'
          return [field, isName ? part['value'] : strip(part)]
        }),
    )
  }
  const { program, errors } = parseSync(name, source)
  if (errors[0]) throw new Error(`${name}: ${errors[0].message}`)
  return { code: JSON.stringify(strip(program)), texts }
}

export type CodeChange =
  | { readonly kind: 'missing' | 'code'; readonly summary: string }
  | {
      readonly kind: 'texts'
      readonly summary: string
      /** Each changed text, before and after. */
      readonly texts: readonly (readonly [string, string])[]
    }

const CONTEXT = 60

/** @param before source, `undefined` if the program did not exist @param after likewise */
export function compareCode(
  name: string,
  before: string | undefined,
  after: string | undefined,
): CodeChange {
  if (before === undefined) return { kind: 'missing', summary: 'new' }
  if (after === undefined) return { kind: 'missing', summary: 'removed' }
  const [from, to] = [skeletonOf(name, before), skeletonOf(name, after)]
  if (from.code !== to.code) {
    let at = 0
    while (from.code[at] === to.code[at]) at += 1
    const [was, is] = [from, to].map(({ code }) =>
      code.slice(Math.max(0, at - CONTEXT), at + CONTEXT),
    )
    return { kind: 'code', summary: `other code\n  - ${was}\n  + ${is}` }
  }
  const texts = from.texts
    .map((text, index) => [text, to.texts[index] ?? ''] as const)
    .filter(([was, is]) => was !== is)
  return { kind: 'texts', summary: `same code, ${texts.length} texts changed`, texts }
}
