/** Names that the glossary in CONTRIBUTING.md replaced: no exported name may contain one of them again. */
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'

const ROOT = join(import.meta.dirname, '..')

/** Retired names, word by word, with their replacements. */
const RETIRED: Readonly<Record<string, string>> = {
  'ask overdue': 'listDueForPoll',
  chase: 'poll, poller',
  dismiss: 'disconnect',
  'done once': 'IdempotencyStore',
  'let go': 'disconnect',
  'open case': 'lookUp',
  recall: 'find',
  'refuse tokens': 'revokeTokens',
  'refused tokens': 'revokedTokens',
  'settle payment': 'confirmPayment',
  'take back': 'reversePayment',
  'token refusal': 'TokenRevocation',
  watcher: 'subscriber',
  'without cards': 'redactCardData',
}

const wordsOf = (name: string): string =>
  name.replaceAll(/([a-z\d])([A-Z])/g, '$1 $2').toLowerCase()

const isRetired = (name: string): boolean =>
  Object.keys(RETIRED).some((retired) => new RegExp(`\\b${retired}s?\\b`).test(wordsOf(name)))

/** `PaymentChase` is stored: it names the class of the objects that poll payments. */
const KEPT = new Set(['src/index.ts PaymentChase'])

const EXPORTED =
  /^export (?:default )?(?:abstract )?(?:async )?(?:const|let|function\*?|class|interface|type|enum) ([\w$]+)/gm

const exportedNames = (text: string): string[] =>
  [...text.matchAll(EXPORTED)].flatMap(([, name = '']) => name)

it('no module exports a retired name', () => {
  const exclude = ['**/node_modules/**', 'client/dist/**', 'client/schema.ts']
  const files = globSync('{src,web,client,scripts,test}/**/*.{ts,tsx}', { cwd: ROOT, exclude })
  const exported = files.flatMap((file) =>
    exportedNames(readFileSync(join(ROOT, file), 'utf8')).map((name) => `${file} ${name}`),
  )
  expect(exported.length).toBeGreaterThan(500)
  expect(
    exported.filter((line) => isRetired(line.split(' ').at(-1) ?? '') && !KEPT.has(line)),
  ).toEqual([])
})

it('the check finds each retired name in exported declarations, and no other name', () => {
  const text =
    'export class Watchers {}\nexport const chaseObject = 1\nexport async function takeBack() {}\nexport function expireCall() {}'
  expect(exportedNames(text).filter(isRetired)).toEqual(['Watchers', 'chaseObject', 'takeBack'])
})
