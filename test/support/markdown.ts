/** Reads the repository's Markdown: files, links, headings and commands. */
import { globSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'

export const ROOT = join(import.meta.dirname, '../..')

/** Paths of all Markdown files. */
export const markdownFiles = (): string[] =>
  globSync('**/*.md', {
    cwd: ROOT,
    exclude: (path) => /(^|\/)(node_modules|\.git|\.wrangler|dist|coverage)$/.test(path),
  }).toSorted()

export const readText = (path: string): string => readFileSync(join(ROOT, path), 'utf8')

const withoutCode = (text: string): string =>
  text.replaceAll(/^(`{3,})[^]*?^\1`*$/gm, '').replaceAll(/`[^`\n]*`/g, '')

export interface Link {
  /** Target file; the linking file itself for a link within it. */
  readonly path: string
  readonly anchor: string | undefined
  readonly written: string
}

/** Links of a file within the repository, in Markdown or HTML. */
export function relativeLinks(path: string, text: string): Link[] {
  const found = withoutCode(text).matchAll(/\]\(<?([^)\s>]+)[^)]*\)|(?:href|src)="([^"]+)"/g)
  return [...found].flatMap(([, inMarkdown, inHtml]) => {
    const written = inMarkdown ?? inHtml ?? ''
    if (/^[a-z][a-z\d+.-]*:/i.test(written)) return []
    const [to = '', anchor] = written.split('#')
    return [{ path: to ? normalize(join(dirname(path), to)) : path, anchor, written }]
  })
}

/** Anchor of a heading, by GitHub's rule. */
const slugOf = (heading: string): string =>
  heading
    .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replaceAll(/\s/g, '-')

/** Anchors of a text. The second of two equal headings ends in `-1`. */
export function anchorsOf(text: string): Set<string> {
  const anchors = new Set<string>()
  const headings = text.replaceAll(/^(`{3,})[^]*?^\1`*$/gm, '').matchAll(/^#{1,6} +(.+?) *#*$/gm)
  for (const [, heading = ''] of headings) {
    const slug = slugOf(heading)
    let anchor = slug
    for (let count = 1; anchors.has(anchor); count++) anchor = `${slug}-${count}`
    anchors.add(anchor)
  }
  for (const [, id = ''] of text.matchAll(/<a (?:id|name)="([^"]+)"/g)) anchors.add(id)
  return anchors
}

export interface CommandBlock {
  readonly commands: string
  /** Line of its first command. */
  readonly line: number
  /** Reason not to run it, from a comment above it: `<!-- not run: needs an account -->`. */
  readonly notRun: string | undefined
}

/** Blocks of shell commands, in order. */
export function commandBlocks(text: string): CommandBlock[] {
  const fences = text.matchAll(
    /(?:<!-- not run: ([^]*?) -->\s*)?^```(?:sh|bash|console)\n([^]*?)^```$/gm,
  )
  return [...fences].map(({ 0: whole, 1: notRun, 2: commands = '', index }) => ({
    commands,
    line: text.slice(0, index + whole.indexOf('```')).split('\n').length + 1,
    notRun,
  }))
}
