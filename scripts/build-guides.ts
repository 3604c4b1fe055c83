/**
 * Renders the guides of `docs` to HTML, into the built page of `web/guides`, and lists them in `llms.txt`
 * (llmstxt.org). The Markdown is served beside the HTML.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Marked } from 'marked'

const DOCS = join(import.meta.dirname, '../docs')

/** Names of the files in `docs`, in reading order. */
export const GUIDES = [
  'quick-start',
  'payments',
  'returns',
  'receipts',
  'calls',
  'rooms',
  'webhooks',
  'accounts',
  'keys',
  'errors',
  'client',
]

interface Guide {
  readonly name: string
  readonly title: string
  /** The question that the guide answers. */
  readonly question: string
  readonly markdown: string
}

/** Anchor of a heading, as on GitHub. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replaceAll(/\s/g, '-')

/** Link of a guide, or `undefined` for a file of the repository, which the service does not serve. */
function servedLink(href: string): string | undefined {
  if (/^(?:https?:|#)/.test(href)) return href
  const [file = '', anchor] = href.split('#')
  if (file === 'openapi.json') return '/openapi.json'
  const name = file.replace(/\.md$/, '')
  if (!GUIDES.includes(name)) return undefined
  return anchor === undefined ? `/guides/${name}` : `/guides/${name}#${anchor}`
}

const marked = new Marked({
  renderer: {
    heading({ tokens, depth, text }) {
      return `<h${depth} id="${anchorOf(text)}">${this.parser.parseInline(tokens)}</h${depth}>\n`
    },
    link({ href, tokens }) {
      const text = this.parser.parseInline(tokens)
      const target = servedLink(href)
      return target === undefined ? text : `<a href="${target}">${text}</a>`
    },
    /** The service does not serve the images of `docs`, so their alternative text replaces them. */
    image: ({ text }) => text,
    /** Comments for tests. */
    html: () => '',
  },
})

/** Wraps each table, so that a wide one scrolls without the page, also by keyboard. */
const renderMarkdown = (markdown: string): string =>
  marked
    .parse(markdown, { async: false })
    .replaceAll('<pre>', '<pre tabindex="0">')
    .replaceAll('<table>', '<div class="table" tabindex="0"><table>')
    .replaceAll('</table>', '</table></div>')

/** Links of the Markdown as the service serves them; a link to a file of the repository becomes its text. */
const withServedLinks = (markdown: string): string =>
  markdown.replaceAll(/(?<!!)\[([^\]]+)\]\(([^)\s]+)\)/g, (_, text: string, href: string) => {
    const served = servedLink(href)
    return served === undefined ? text : `[${text}](${served})`
  })

function readGuide(name: string): Guide {
  const markdown = readFileSync(join(DOCS, `${name}.md`), 'utf8')
  const [, title = '', question = ''] = /^# (.+)\n\n([^]+?)\n\n/.exec(markdown) ?? []
  return { name, title, question: question.replaceAll('\n', ' '), markdown }
}

const listOf = (guides: readonly Guide[], current: Guide): string => {
  const items = guides.map((guide) => {
    const mark = guide === current ? ' aria-current="page"' : ''
    return `<li><a href="/guides/${guide.name}"${mark}>${guide.title}</a></li>`
  })
  return `<ul>${items.join('')}</ul>`
}

const indexOf = (guides: readonly Guide[]): string => `# AIleana

> A backend for prepaid calls: accounts, wallets, payments through Monnify, and calls metered to the second.

## Guides

${guides.map(({ name, title, question }) => `- [${title}](/guides/${name}.md): ${question}`).join('\n')}

## API

- [OpenAPI document](/openapi.json): Every route, with schemas, examples and problems.
`

export interface BuiltFile {
  readonly name: string
  readonly content: string
}

/** @param template built page of `web/guides` */
export function buildGuides(template: string): BuiltFile[] {
  const guides = GUIDES.map(readGuide)
  const files = guides.flatMap((guide) => {
    const html = template
      .replace('<title>AIleana guides', () => `<title>${guide.title} · AIleana`)
      .replace('<!--guides-->', () => listOf(guides, guide))
      .replace('<!--guide-->', () => renderMarkdown(guide.markdown))
    return [
      { name: `guides/${guide.name}.html`, content: html },
      { name: `guides/${guide.name}.md`, content: withServedLinks(guide.markdown) },
    ]
  })
  return [...files, { name: 'llms.txt', content: indexOf(guides) }]
}
