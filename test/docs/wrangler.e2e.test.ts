/** The platform's commands that the documents name are there, with their flags, in the version that is installed. */
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { markdownFiles, readText, ROOT } from '../support/markdown'

const WRANGLER = join(ROOT, 'node_modules/wrangler/bin/wrangler.js')
const NODE = join(ROOT, 'node_modules/.bin/node')

/** Each command with the flags that it is given anywhere. */
function namedCommands(): Map<string, Set<string>> {
  const named = new Map<string, Set<string>>()
  for (const path of markdownFiles()) {
    const found = readText(path).matchAll(
      /\bnpx wrangler ([a-z][a-z\d -]*?)(?= (?![a-z])|[`#\n])(.*)/g,
    )
    for (const [, command = '', rest = ''] of found) {
      const [given = ''] = rest.replaceAll(/\$\([^)]*\)/g, '').split(/[`#]/)
      const flags = named.get(command.trim()) ?? new Set<string>()
      for (const [flag] of given.matchAll(/(?<= )--[a-z-]+/g)) flags.add(flag)
      named.set(command.trim(), flags)
    }
  }
  return named
}

const commands = [...namedCommands()].map(([command, flags]) => ({ command, flags: [...flags] }))

describe('wrangler', () => {
  it.concurrent.each(commands)(
    '$command takes $flags',
    async ({ command, flags }) => {
      const args = [WRANGLER, ...command.split(' '), '--help']
      const env = { ...process.env, WRANGLER_SEND_METRICS: 'false' }
      const { stdout } = await promisify(execFile)(NODE, args, { env })
      expect(stdout).toContain('GLOBAL FLAGS')
      for (const flag of flags) expect(stdout).toContain(flag)
    },
    60_000,
  )
})
