import { describe, expect, it } from 'vitest'
import { experimental_getWranglerCommands as getWranglerCommands } from 'wrangler'
import { markdownFiles, readText } from '../support/markdown'

/** @returns the wrangler commands in all documents, each with all of its flags there */
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

const { registry, globalFlags } = getWranglerCommands()

/** @returns the flags of a command, or `undefined` if there is no such command */
function flagsOf(command: string): Set<string> | undefined {
  const [name = '', ...rest] = command.split(' ')
  let node = registry.subtree.get(name)
  for (const word of rest) node = node?.subtree.get(word) ?? node
  const { definition } = node ?? {}
  if (definition?.type !== 'command') return undefined
  const known = Object.entries({ ...globalFlags, ...definition.args })
  return new Set(
    known.flatMap(([name, flag]) => {
      const aliases = 'alias' in flag && flag.alias ? [flag.alias].flat() : []
      return [name, ...aliases].map((one) => `--${one}`)
    }),
  )
}

const commands = [...namedCommands()].map(([command, flags]) => ({ command, flags: [...flags] }))

describe('wrangler', () => {
  it.each(commands)('has the command $command with the flags $flags', ({ command, flags }) => {
    const known = flagsOf(command)
    expect(known).toBeDefined()
    expect(flags.filter((flag) => !known?.has(flag))).toEqual([])
  })
})
