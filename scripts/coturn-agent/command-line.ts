/**
 * Client of coturn's command line (telnet). One command runs at a time, because coturn reads a packet as one
 * command. Time and size are limited; after a failure the next command opens a new connection, so that a
 * restart of coturn needs no action.
 */
import { connect, type Socket } from 'node:net'

const TIMEOUT_MS = 5000
const MAX_OUTPUT_BYTES = 16 * 1024 * 1024
const PASSWORD_PROMPT = 'Enter password: \r\n'
const PROMPT = '> '

export interface CommandLineOptions {
  readonly port: number
  readonly password: string
  readonly timeoutMs?: number
  readonly maxOutputBytes?: number
}

export interface CommandLine {
  /** Returns what coturn prints. @throws an error if coturn does not respond in time or with a prompt */
  run(command: string): Promise<string>
  close(): void
}

/** Reports whether the output ends with the prompt, which stands alone in its line. */
const endsWithPrompt = (tail: string): boolean => tail === PROMPT || tail.endsWith(`\n${PROMPT}`)

const endsWithAnyPrompt = (tail: string): boolean =>
  endsWithPrompt(tail) || tail.endsWith(PASSWORD_PROMPT)

export function createCommandLine({
  port,
  password,
  timeoutMs = TIMEOUT_MS,
  maxOutputBytes = MAX_OUTPUT_BYTES,
}: CommandLineOptions): CommandLine {
  let connected: Socket | undefined
  let last: Promise<unknown> = Promise.resolve()

  /** Collects output until `isEnd` is true for the last characters of it. */
  const output = (socket: Socket, isEnd: (tail: string) => boolean): Promise<string> =>
    new Promise((resolve, reject) => {
      const chunks: string[] = []
      let size = 0
      let tail = ''
      const finish = (settle: () => void) => {
        clearTimeout(timer)
        socket.off('data', read).off('error', failed).off('close', closed)
        settle()
      }
      const fail = (reason: string) => finish(() => reject(new Error(reason)))
      const read = (chunk: string) => {
        chunks.push(chunk)
        size += chunk.length
        tail = (tail + chunk).slice(-PASSWORD_PROMPT.length)
        if (size > maxOutputBytes) fail("coturn's output is too large")
        else if (isEnd(tail)) finish(() => resolve(chunks.join('')))
      }
      const failed = (error: NodeJS.ErrnoException) =>
        fail(`coturn's command line is unreachable: ${error.code ?? error.name}`)
      const closed = () => fail('coturn closed the connection')
      const timer = setTimeout(() => fail('coturn did not respond in time'), timeoutMs)
      socket.on('data', read).on('error', failed).on('close', closed)
    })

  async function open(): Promise<Socket> {
    const socket = connect({ host: '127.0.0.1', port })
    socket.setEncoding('latin1')
    /** An error without a command in progress only closes the connection. */
    socket.on('error', () => undefined)
    socket.on('close', () => {
      if (connected === socket) connected = undefined
    })
    try {
      const greeting = await output(socket, endsWithAnyPrompt)
      if (!greeting.endsWith(PASSWORD_PROMPT)) throw new Error('coturn requests no password')
      socket.write(`${password}\r\n`)
      const welcome = await output(socket, endsWithAnyPrompt)
      if (!endsWithPrompt(welcome)) throw new Error("coturn's command line rejects the password")
      return socket
    } catch (error) {
      socket.destroy()
      throw error
    }
  }

  async function runAlone(command: string): Promise<string> {
    connected ??= await open()
    const socket = connected
    try {
      const printed = output(socket, endsWithPrompt)
      socket.write(`${command}\r\n`)
      return (await printed).slice(0, -PROMPT.length)
    } catch (error) {
      socket.destroy()
      connected = undefined
      throw error
    }
  }

  return {
    async run(command) {
      if (/[^\x20-\x7e]/.test(command)) throw new Error('a command must be one line of ASCII')
      const running = last.then(() => runAlone(command))
      last = running.catch(() => undefined)
      return running
    },
    close() {
      connected?.destroy()
    },
  }
}
