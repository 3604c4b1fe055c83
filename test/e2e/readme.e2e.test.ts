/**
 * Runs each command of the README, the quick start, webhooks, the development page and the runbooks in a clean copy, in order, in one shell.
 * The runbooks examine what the quick start's customer did.
 */
import { execFileSync } from 'node:child_process'
import { cpSync, lstatSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { commandBlocks, readText, ROOT } from '../support/markdown'
import { freePort } from '../support/served'
import { scriptOf, typed } from '../support/terminal'

const DOCUMENTS = [
  'README.md',
  'docs/quick-start.md',
  'docs/webhooks.md',
  'docs/development.md',
  'docs/runbooks.md',
]

const blocks = DOCUMENTS.flatMap((document) =>
  commandBlocks(readText(document)).map((block) => ({ ...block, document })),
)
const run = blocks.filter(({ notRun }) => notRun === undefined)
const folder = mkdtempSync(join(tmpdir(), 'aileana-readme-'))

afterAll(() => rmSync(folder, { recursive: true, force: true }), 60_000)

/** Copies all files that git does not ignore, without links, which `npm ci` would follow. */
function cleanCopy(): void {
  const listed = ['ls-files', '--cached', '--others', '--exclude-standard', '-z']
  const files = execFileSync('git', listed, { cwd: ROOT, encoding: 'utf8' })
  for (const file of files.split('\0').filter(Boolean))
    if (lstatSync(join(ROOT, file)).isFile()) cpSync(join(ROOT, file), join(folder, file))
}

/** A reader's environment: without the variables and paths that this project's npm has set. */
const environment = (port: number): NodeJS.ProcessEnv => {
  const own = Object.entries(process.env).filter(([name]) => !/^(npm_|NODE_|VITEST)/.test(name))
  const path = (process.env['PATH'] ?? '').split(':').filter((part) => !part.startsWith(ROOT))
  const set = { PATH: path.join(':'), PORT: String(port), npm_config_prefer_offline: 'true' }
  return { ...Object.fromEntries(own), ...set } as unknown as NodeJS.ProcessEnv
}

describe('the commands of README, quick start, webhooks, development and runbooks', () => {
  it('begin with install and start, and give a reason for blocks that do not run', () => {
    const [first] = run
    expect(first?.commands).toContain('npm ci')
    expect(first?.commands).toContain('npm start')
    const left = blocks.filter((block) => !run.includes(block))
    for (const { notRun, document, line } of left) {
      console.log(`not run: ${document}:${line}, which ${notRun}`)
      expect(notRun, `${document}:${line}`).toMatch(/^(needs|takes) /)
    }
  })

  it('work, command by command', async () => {
    cleanCopy()
    const port = await freePort()
    const here = `http://localhost:${port}`
    const commands = run.map(({ commands }) => commands.replaceAll('http://localhost:8787', here))
    const session = await typed(scriptOf(commands, here), folder, environment(port))
    console.log(session.times.join('\n'))
    expect(session.output.match(/^@@ failed: .*$/gm)).toBeNull()
    expect(session.status, session.output.slice(-3000)).toBe(0)
    expect(session.times.length).toBeGreaterThan(run.length)
  }, 300_000)
})

describe('a typed command', () => {
  const at = (commands: string) => typed(scriptOf([commands], 'x'), folder, process.env)

  it.each([
    ['true\nfalse\ntrue', '@@ failed: false'],
    ['echo one\nno_such_command 2> /dev/null', '@@ failed: no_such_command'],
    ['false | cat', '@@ failed: cat'],
    ['curl -s http://127.0.0.1:9/x', '@@ failed: command curl'],
  ])('that fails is reported: %s', async (commands, said) => {
    const { status, output } = await at(commands)
    expect(status).not.toBe(0)
    expect(output).toContain(said)
  })
})
