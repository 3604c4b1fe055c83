/** Runs command lines in this process. */
import { stripVTControlCharacters } from 'node:util'
import type { Command } from 'commander'
import { vi } from 'vitest'
import { runProgram } from '../../scripts/cli/program'

export interface Usage {
  readonly command: Command
  /** Words of the command. */
  readonly words: readonly string[]
}

/** All commands of a program, including groups. */
export const usagesOf = (program: Command, words: readonly string[] = []): Usage[] =>
  program.commands.flatMap((command) => {
    const own = [...words, command.name()]
    return [{ command, words: own }, ...usagesOf(command, own)]
  })

export interface Run {
  readonly exitCode: number
  readonly printed: string
}

export async function runCommand(program: Command, args: readonly string[]): Promise<Run> {
  let printed = ''
  const write = (text: string) => {
    printed += text
  }
  for (const command of [program, ...usagesOf(program).map((usage) => usage.command)])
    command.configureOutput({ writeOut: write, writeErr: write })
  for (const method of ['log', 'error'] as const)
    vi.spyOn(console, method).mockImplementation((text) => write(`${String(text)}\n`))
  try {
    const exitCode = await runProgram(program, args)
    return { exitCode, printed: stripVTControlCharacters(printed) }
  } finally {
    vi.restoreAllMocks()
  }
}
