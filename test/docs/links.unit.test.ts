import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import {
  anchorsOf,
  commandBlocks,
  markdownFiles,
  readText,
  relativeLinks,
  ROOT,
} from '../support/markdown'
import { createAileana } from '../../scripts/aileana/program'
import { usagesOf } from '../support/usage'
import { createProve } from '../verification/program'

const files = markdownFiles()

function brokenLinks(path: string, text: string): string[] {
  return relativeLinks(path, text).flatMap(({ path: to, anchor, written }) => {
    if (!existsSync(join(ROOT, to))) return [`${written}: there is no ${to}`]
    if (anchor === undefined || !to.endsWith('.md')) return []
    return anchorsOf(readText(to)).has(anchor) ? [] : [`${written}: ${to} has no #${anchor}`]
  })
}

describe('the links of', () => {
  it.each(files)('%s lead to existing targets', (path) => {
    expect(brokenLinks(path, readText(path))).toEqual([])
  })

  it('a text are found, and broken ones are reported', () => {
    const text = `# One [thing](README.md), two
## Same
## Same
[a](#same-1) [b](#one-thing-two) [c](https://example.com/x.md) \`[d](nowhere.md)\`
[e](nowhere.md) ![f](docs/nowhere.png "t") [g](../README.md#no-such) <img src="h.png">
\`\`\`sh
[i](nowhere.md)
\`\`\``
    expect(relativeLinks('docs/x.md', text).map(({ path }) => path)).toEqual([
      'docs/README.md',
      'docs/x.md',
      'docs/x.md',
      'docs/nowhere.md',
      'docs/docs/nowhere.png',
      'README.md',
      'docs/h.png',
    ])
    expect([...anchorsOf(text)]).toEqual(['one-thing-two', 'same', 'same-1'])
    expect(brokenLinks('docs/x.md', text)).toContain(
      '../README.md#no-such: README.md has no #no-such',
    )
  })
})

const PROGRAMS = { aileana: createAileana(), prove: createProve() }

/** @returns subcommands and flags in a text that their program does not have */
function unknownIn(text: string): string[] {
  const found = text.matchAll(/npm\s+run\s+(aileana|prove) -- ([^`\n#]*)/g)
  return [...found].flatMap(([, script = '', line = '']) => {
    const [words = '', ...flags] = line.split(/\s(?=--)/)
    const typed = ` ${words.trim()} `
    const usages = usagesOf(PROGRAMS[script === 'prove' ? 'prove' : 'aileana'])
    const usage = usages.findLast((one) => typed.startsWith(` ${one.words.join(' ')} `))
    if (!usage) return [`${script} ${words.trim()}`]
    const known = new Set(['--help', ...usage.command.options.map(({ long }) => long)])
    return flags
      .map((flag) => /^--[\w-]+/.exec(flag)?.[0] ?? flag)
      .filter((flag) => !known.has(flag))
      .map((flag) => `${script} ${usage.words.join(' ')} ${flag}`)
  })
}

describe('the commands', () => {
  const named = files.flatMap((path) =>
    [...readText(path).matchAll(/\bnpm run ([\w:][\w:-]*)/g)].map(([, name = '']) => ({
      path,
      name,
    })),
  )
  const { scripts } = JSON.parse(readText('package.json')) as { scripts: Record<string, string> }

  it.each(named)('npm run $name, in $path, exists', ({ name }) => {
    expect(Object.keys(scripts)).toContain(name)
  })

  it.each(files)('of %s have existing subcommands and flags', (path) => {
    expect(unknownIn(readText(path))).toEqual([])
  })

  it('that do not exist are found, also in a wrapped line', () => {
    const text =
      '`npm run\n  aileana -- monnify replay 1 --url x`, npm run prove -- sims\n' +
      'npm run aileana -- audit --fix # --all'
    expect(unknownIn(text)).toEqual(['prove sims', 'aileana audit --fix'])
  })

  it('of a text are found in order, with the reasons of those that do not run', () => {
    const text = '```sh\na\n```\n<!-- not run: it\ncosts -->\n\n```sh\nb\nc\n```\n```js\nd\n```\n'
    expect(commandBlocks(text)).toEqual([
      { commands: 'a\n', line: 2, notRun: undefined },
      { commands: 'b\nc\n', line: 8, notRun: 'it\ncosts' },
    ])
  })
})
