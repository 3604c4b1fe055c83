import { existsSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readText, relativeLinks, ROOT } from '../support/markdown'

const PAGE = 'docs/promises.md'
/** Fewer items show that the page has lost some. */
const LEAST_PROMISES = 100
const EVIDENCE =
  /\[[^\]]*\]\((?<link>[^)\s]+)\)|"(?<name>[^"]*)"|`npm (?:run )?(?<script>[\w:]+)(?: -- [^`]+)?`/g
const SENTENCE = /^["A-Z/`][^]*\.$/

const { scripts } = JSON.parse(readText('package.json')) as { scripts: Record<string, string> }

const itemsOf = (page: string): string[] =>
  [...page.matchAll(/^- .*(?:\n {2}.*)*/gm)].map(([item]) =>
    item.slice(2).replaceAll(/\s*\n\s*/g, ' '),
  )

/** Reports whether a source contains the text as a complete string literal. */
const hasText = (source: string, text: string): boolean =>
  ["'", '"', '`'].some((quote) => source.includes(`${quote}${text}${quote}`))

/** @returns why the file is not evidence, or `undefined` if it is */
function linkFault(file: string): string | undefined {
  if (!/^test\/.*\.ts$/.test(file)) return 'is neither a test nor a test helper'
  return existsSync(join(ROOT, file)) ? undefined : 'does not exist'
}

function faultsOf(item: string): string[] {
  const evidence = [...item.matchAll(EVIDENCE)]
  const faults: string[] = []
  const sentence = item.slice(0, evidence[0]?.index).trim()
  if (!SENTENCE.test(sentence)) faults.push('does not begin with a sentence')
  if (evidence.length === 0) faults.push('has neither test nor command')
  let file: string | undefined
  let isNamed = true
  const endFile = () => {
    if (!isNamed) faults.push(`${file} has no test named`)
  }
  for (const { groups = {} } of evidence) {
    const { link, name, script } = groups
    if (link !== undefined) {
      endFile()
      const linked = normalize(join(dirname(PAGE), link))
      const fault = linkFault(linked)
      if (fault) faults.push(`${linked} ${fault}`)
      file = fault ? undefined : linked
      isNamed = fault !== undefined || !linked.endsWith('.test.ts')
    } else if (name !== undefined) {
      isNamed = true
      if (file !== undefined && !hasText(readText(file), name))
        faults.push(`${file} has no "${name}"`)
    } else if (script !== undefined && !(script in scripts))
      faults.push(`there is no npm run ${script}`)
  }
  endFile()
  return faults.map((fault) => `${item.slice(0, 60)}: ${fault}`)
}

describe('the page of promises', () => {
  const items = itemsOf(readText(PAGE))

  it('names only tests and commands that exist', () => {
    expect(items.length).toBeGreaterThanOrEqual(LEAST_PROMISES)
    expect(items.flatMap(faultsOf)).toEqual([])
  })

  it('lists no promise twice', () => {
    const sentences = items.map((item) => item.split(/[.] [[`]/)[0])
    expect(new Set(sentences).size).toBe(sentences.length)
  })

  it.each(['README.md', 'TESTING.md'])('is linked from %s', (path) => {
    expect(relativeLinks(path, readText(path)).map(({ path: to }) => to)).toContain(PAGE)
  })
})

describe('an item of the page', () => {
  const LINKS = '[links](../test/docs/links.unit.test.ts)'

  it.each([
    ['is valid with a test', `It holds. ${LINKS}: "%s lead to existing targets".`, []],
    ['is valid with a test helper', 'It holds. [markdown](../test/support/markdown.ts).', []],
    ['is valid with a command', 'It holds. `npm run prove -- sim`.', []],
    ['needs a test or a command', 'It holds.', ['has neither test nor command']],
    ['needs a sentence', '`npm run prove -- sim`.', ['does not begin with a sentence']],
    ['needs a name for a test', `It holds. ${LINKS}.`, ['has no test named']],
    ['needs a name for each test', `It. ${LINKS} ${LINKS}: "the commands".`, ['has no test named']],
    ['needs a name that exists', `It holds. ${LINKS}: "lead nowhere".`, ['has no "lead']],
    ['needs a complete name', `It holds. ${LINKS}: "lead to existing targets".`, ['has no "lead']],
    ['needs a file that exists', 'It. [x](../test/x.test.ts): "y".', ['does not exist']],
    [
      'needs a file in the test folder',
      'It. [x](../src/app.ts): "createApp".',
      ['is neither a test'],
    ],
    ['needs a command that exists', 'It holds. `npm run nothing`.', ['no npm run nothing']],
  ])('%s', (_, item, faults) => {
    expect(faultsOf(item)).toEqual(faults.map((fault) => expect.stringContaining(fault)))
  })

  it('can have several lines', () => {
    expect(itemsOf('# A\n\n- One\n  and `x`.\n- Two.\n\nText.\n')).toEqual(['One and `x`.', 'Two.'])
  })
})
