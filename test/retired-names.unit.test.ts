/** Names that the glossary in CONTRIBUTING.md replaced: no exported name may contain one of them again. */
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'

const ROOT = join(import.meta.dirname, '..')

/** Each with the word that replaced it. */
const RETIRED: Readonly<Record<string, string>> = {
  askoverdue: 'listDueForPoll',
  chase: 'poll, poller',
  dismiss: 'disconnect',
  doneonce: 'IdempotencyStore',
  letgo: 'disconnect',
  opencase: 'lookUp',
  recall: 'find',
  refusedtoken: 'revoked token',
  refusetoken: 'revokeTokens',
  settlepayment: 'confirmPayment',
  takeback: 'reversePayment',
  tokenrefusal: 'TokenRevocation',
  watcher: 'subscriber',
  withoutcards: 'redactCardData',
}

/** `PaymentChase` is stored: it names the class of the objects that poll payments. */
const KEPT = new Set(['src/index.ts PaymentChase'])

const EXPORTED =
  /^export (?:default )?(?:abstract )?(?:async )?(?:const|let|function\*?|class|interface|type|enum) ([\w$]+)/gm

const exportedNames = (text: string): string[] =>
  [...text.matchAll(EXPORTED)].flatMap(([, name = '']) => name)

it('exports no retired name', () => {
  const exclude = ['**/node_modules/**', 'client/schema.ts', 'scripts/api/**']
  const files = globSync('{src,web,client,scripts,test}/**/*.{ts,tsx}', { cwd: ROOT, exclude })
  const exported = files.flatMap((file) =>
    exportedNames(readFileSync(join(ROOT, file), 'utf8')).map((name) => `${file} ${name}`),
  )
  expect(exported.length).toBeGreaterThan(500)
  const isRetired = (line: string) => {
    const name = line.split(' ').at(-1)?.toLowerCase() ?? ''
    return Object.keys(RETIRED).some((retired) => name.includes(retired))
  }
  expect(exported.filter((line) => isRetired(line) && !KEPT.has(line))).toEqual([])
})

it('finds a retired name in any exported declaration', () => {
  const text =
    'export class Watchers {}\nexport const chaseObject = 1\nexport async function takeBack() {}'
  expect(exportedNames(text)).toEqual(['Watchers', 'chaseObject', 'takeBack'])
})
