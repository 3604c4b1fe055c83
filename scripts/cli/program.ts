/** What every command line has in common: help, errors without a stack trace, exit code 2 for wrong usage. */
import { exit, stderr } from 'node:process'
import { styleText } from 'node:util'
import { Command, type CommanderError } from 'commander'

export const WRONG_USAGE = 2

const red = (text: string): string => styleText('red', text, { stream: stderr })

const leave = ({ exitCode }: CommanderError): never => exit(exitCode === 0 ? 0 : WRONG_USAGE)

/** @param script the npm script that runs the program */
export const createProgram = (script: string, description: string): Command =>
  new Command(`npm run ${script} --`)
    .description(description)
    .helpOption('-h, --help', 'show this help')
    .helpCommand(false)
    .showHelpAfterError('Add --help to see what is accepted.')
    .configureOutput({ outputError: (text, write) => write(red(text)) })
    .exitOverride(leave)

/** Prints a sentence and exits. */
export function fail(message: string, exitCode = WRONG_USAGE): never {
  console.error(red(message))
  exit(exitCode)
}
