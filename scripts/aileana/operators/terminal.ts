/** Reads a value from the environment, or prompts for it in the terminal. */
import process, { env } from 'node:process'
import { createInterface } from 'node:readline/promises'
import { Writable } from 'node:stream'
import { fail } from '../../cli/program.ts'

const silent = (): Writable => new Writable({ write: (_chunk, _encoding, done) => done() })

interface Terminal {
  readonly input: NodeJS.ReadableStream
  readonly output: NodeJS.WritableStream
}

/** Prompts for one value. The terminal does not echo a secret one. */
export async function ask(
  question: string,
  isSecret: boolean,
  { input, output }: Terminal = { input: process.stdin, output: process.stderr },
): Promise<string> {
  if (isSecret) output.write(question)
  const lines = createInterface({ input, output: isSecret ? silent() : output, terminal: true })
  const ended = new AbortController()
  for (const event of ['SIGINT', 'close'] as const) lines.once(event, () => ended.abort())
  try {
    return await lines.question(isSecret ? '' : question, { signal: ended.signal })
  } catch {
    return fail('Interrupted.')
  } finally {
    lines.close()
    if (isSecret) output.write('\n')
  }
}

/** Reads `name` from the environment, or prompts for it. Fails without a terminal. */
export async function answer(name: string, question: string, isSecret = false): Promise<string> {
  const given = env[name]
  if (given !== undefined && given !== '') return given
  if (!process.stdin.isTTY) return fail(`${name} is not set, and there is no terminal to ask in.`)
  return ask(question, isSecret)
}

/** Prompts twice for a new password. */
export async function newPassword(): Promise<string> {
  const password = await answer('OPERATOR_PASSWORD', 'New password: ', true)
  const again = await answer('OPERATOR_PASSWORD', 'The same password again: ', true)
  return password === again ? password : fail('The passwords differ.')
}
