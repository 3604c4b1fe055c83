import { globSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { readConfig } from '../../src/config'
import { readText, ROOT } from '../support/markdown'

const yaml = (path: string) => parse(readText(path))
const json = (path: string) => JSON.parse(readText(path))
const workflows = globSync('.github/workflows/*.yml', { cwd: ROOT })

describe('hosted CI', () => {
  it.each(workflows)(
    '%s has read access only, a time limit, and actions pinned to commits',
    (path) => {
      const { permissions, jobs } = yaml(path)
      expect(permissions).toEqual({ contents: 'read' })
      for (const job of Object.values<{ 'timeout-minutes': number }>(jobs))
        expect(job['timeout-minutes']).toBeGreaterThan(0)
      const uses = readText(path).match(/uses: .*/g) ?? []
      expect(uses.length).toBeGreaterThan(0)
      for (const line of uses) expect(line).toMatch(/^uses: [\w-]+\/[\w-]+@[0-9a-f]{40} # v\d/)
    },
  )

  it('runs the same commands as contributors', () => {
    const { scripts } = json('package.json')
    const steps: { run?: string }[] = yaml('.github/workflows/ci.yml').jobs.test.steps
    const commands = steps.flatMap(({ run }) => run ?? [])
    expect(commands).toEqual(
      expect.arrayContaining(['npm cit', 'npm run check:code', 'npm run build']),
    )
    for (const command of commands) {
      const [, name] = /^npm run (\S+)/.exec(command) ?? []
      if (name) expect(Object.keys(scripts)).toContain(name)
    }
  })
})

describe('updates of dependencies', () => {
  it("update the runtime's packages together, and separately from all others", () => {
    const { updates } = yaml('.github/dependabot.yml')
    const { runtime, tools } = updates[0].groups
    const { devDependencies } = json('package.json')
    const names = Object.keys(devDependencies).filter((name) =>
      /^(wrangler|miniflare|@cloudflare\/)/.test(name),
    )
    expect(names).toHaveLength(4)
    const covers = (pattern: string) => (name: string) =>
      new RegExp(`^${pattern.replace('*', '.*')}$`).test(name)
    for (const name of names) {
      const matching = (patterns: string[]) => patterns.some((pattern) => covers(pattern)(name))
      expect(matching(runtime.patterns), name).toBe(true)
      expect(matching(tools['exclude-patterns']), name).toBe(true)
    }
  })
})

describe('the issue forms', () => {
  it.each(globSync('.github/ISSUE_TEMPLATE/*.yml', { cwd: ROOT }))(
    '%s has a name, a description, and labelled fields with unique IDs',
    (path) => {
      if (path.endsWith('config.yml')) return
      const { name, description, body } = yaml(path)
      for (const text of [name, description]) expect(text).toEqual(expect.any(String))
      const fields = (
        body as { type: string; id?: string; attributes: { label?: string } }[]
      ).filter(({ type }) => type !== 'markdown')
      for (const { id, attributes } of fields)
        expect([id, attributes.label]).toEqual([expect.any(String), expect.any(String)])
      expect(new Set(fields.map(({ id }) => id)).size).toBe(fields.length)
    },
  )
})

describe('an editor', () => {
  it("has the formatter's settings", () => {
    const editor = readText('.editorconfig')
    const { printWidth } = json('.oxfmtrc.json')
    for (const rule of [`max_line_length = ${printWidth}`, 'indent_size = 2', 'end_of_line = lf'])
      expect(editor).toContain(rule)
  })

  it('in a container has the required port and Node', () => {
    const { forwardPorts, postCreateCommand, image } = json('.devcontainer/devcontainer.json')
    expect([forwardPorts, postCreateCommand]).toEqual([[8787], 'npm ci'])
    expect(Number(/:(\d+)-/.exec(image)?.[1])).toBeGreaterThanOrEqual(20)
  })
})

describe('the deploy button', () => {
  const example = readText('.dev.vars.example')
  const asked = [...example.matchAll(/^(\w+)=(.*)$/gm)]
  const names = asked.map(([, name = '']) => name)

  it('asks for every secret without a default, suggests no value, and explains each', () => {
    for (const [, name, value] of asked) expect(value, name).toBe('')
    const required = (() => {
      try {
        return readConfig({}) && ''
      } catch (error) {
        return String(error)
      }
    })()
    const missing = [...required.matchAll(/^ {2}(\w+) is missing/gm)].map(([, name]) => name)
    expect(missing.length).toBeGreaterThan(0)
    expect(new Set(names)).toEqual(new Set([...missing, 'OPERATOR_BOOTSTRAP_SECRET']))
    const { bindings } = json('package.json').cloudflare
    for (const name of names) expect(bindings[name]?.description, name).toEqual(expect.any(String))
    for (const name of Object.keys(bindings))
      expect(`${readText('wrangler.toml')}${example}`, name).toContain(name)
  })

  it('migrates before it deploys', () => {
    expect(json('package.json').scripts.deploy).toMatch(
      /d1 migrations apply DB --remote && wrangler/,
    )
  })
})
