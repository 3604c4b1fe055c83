import { describe, expect, it } from 'vitest'
import { buildGuides, GUIDES } from '../../scripts/build-guides'
import { PROBLEMS } from '../../src/http/problems'
import { readText } from '../support/markdown'

const template = '<title>AIleana guides</title><!--guides--><!--guide-->'
const files = new Map(buildGuides(template).map(({ name, content }) => [name, content]))
const pages = [...files.keys()].filter((name) => name.endsWith('.html'))

describe('docs/errors.md', () => {
  it('has a section with the right status for each problem, and no other', () => {
    const sections = [...readText('docs/errors.md').matchAll(/^### (\w+)\n\nStatus (\d+)\. \S/gm)]
    const described = sections.map(([, code, status]) => [code, Number(status)])
    expect(described).toEqual(Object.entries(PROBLEMS).map(([code, { status }]) => [code, status]))
  })
})

describe('the guides', () => {
  it('are listed in llms.txt, each with its question', () => {
    const listed = [...(files.get('llms.txt') ?? '').matchAll(/^- \[.+\]\(\/(\S+)\): .+[?.]$/gm)]
    const names = listed.map(([, name = '']) => name.replace(/\.md$/, '.html'))
    expect(names).toEqual([...pages, 'openapi.json'])
    for (const [, name = ''] of listed.slice(0, -1)) expect(files.has(name), name).toBe(true)
  })

  it.each(GUIDES)('%s is in the container, whose build renders it', (name) => {
    expect(readText('docs/container/Dockerfile')).toContain(`docs/${name}.md`)
    expect(readText('.dockerignore')).toContain(`!docs/${name}.md`)
  })

  it.each(GUIDES)('%s as Markdown links only to what the service serves', (name) => {
    const markdown = files.get(`guides/${name}.md`) ?? ''
    const links = [...markdown.matchAll(/(?<!!)\[[^\]]+\]\(([^)\s]+)\)/g)].map(([, href]) => href)
    for (const href of links) expect(href).toMatch(/^(https:\/\/|\/guides\/|\/openapi\.json|#)/)
  })

  it.each(pages)('%s links only to what the service serves', (name) => {
    const html = files.get(name) ?? ''
    const links = [...html.matchAll(/href="([^"]*)"/g)].map(([, href = '']) => href)
    for (const href of links.filter((link) => !link.startsWith('https://'))) {
      const [path = '', anchor] = href.split('#')
      const target = path === '' ? html : files.get(`${path.slice(1)}.html`)
      if (path === '/openapi.json') continue
      expect(target, href).toBeDefined()
      if (anchor !== undefined) expect(target, href).toContain(`id="${anchor}"`)
    }
  })
})
