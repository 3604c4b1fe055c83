/** Common behaviour of command lines: help, errors without a stack trace, exit code 2 for wrong usage. */
import { stderr } from 'node:process'
import { styleText } from 'node:util'
import { Command, CommanderError } from 'commander'

export const WRONG_USAGE = 2

const red = (text: string): string => styleText('red', text, { stream: stderr })

/** @param script npm script that runs the program */
export const createProgram = (script: string, description: string): Command =>
  new Command(`npm run ${script} --`)
    .description(description)
    .helpOption('-h, --help', 'show this help')
    .helpCommand(false)
    .showHelpAfterError('Add --help to see what is accepted.')
    .configureOutput({ outputError: (text, write) => write(red(text)) })
    .exitOverride()

/** Expected failure of a command. */
class Failure extends Error {
  readonly exitCode: number

  constructor(message: string, exitCode: number) {
    super(message)
    this.exitCode = exitCode
  }
}

/** Ends the command with an error message. */
export function fail(message: string, exitCode = WRONG_USAGE): never {
  throw new Failure(message, exitCode)
}

/** Runs a command. Prints a message for expected failures and rethrows bugs. @returns the exit code */
export async function runProgram(program: Command, args: readonly string[]): Promise<number> {
  try {
    await program.parseAsync([...args], { from: 'user' })
    return 0
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : WRONG_USAGE
    if (!(error instanceof Failure)) throw error
    console.error(red(error.message))
    return error.exitCode
  }
}
