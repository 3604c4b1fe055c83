import { once } from 'node:events'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { createCommandLine } from '../../../scripts/coturn-agent/command-line'

const GREETING =
  "TURN Server\r\nCoturn-4.6.1 'Gorst'\r\n\r\nType '?' for help\r\nEnter password: \r\n"
const PASSWORD = 'Zt6Qb1Xn8Wc3'

let server: Server | undefined
const sockets = new Set<Socket>()

afterEach(() => {
  for (const socket of sockets) socket.destroy()
  sockets.clear()
  server?.close()
})

type Respond = (command: string, socket: Socket) => void

/** A coturn whose responses a test sets. Like coturn, it reads each packet as one command. */
async function coturn(respond: Respond, greeting = GREETING): Promise<number> {
  server = createServer((socket) => {
    sockets.add(socket)
    let isOpen = false
    socket.on('error', () => undefined)
    socket.write(greeting)
    socket.on('data', (chunk) => {
      const line = chunk.toString().trim()
      if (isOpen) return respond(line, socket)
      isOpen = line === PASSWORD
      socket.write(isOpen ? '> ' : 'Enter password: \r\n')
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

const echo: Respond = (command, socket) => socket.write(`\r\n  ${command}\r\n\r\n> `)

const lineOf = (port: number, more: object = {}) =>
  createCommandLine({ port, password: PASSWORD, timeoutMs: 2000, ...more })

describe("coturn's command line", () => {
  it('returns the output of a command without the prompt', async () => {
    const line = lineOf(await coturn(echo))
    expect(await line.run('pu')).toBe('\r\n  pu\r\n\r\n')
    line.close()
  })

  it('returns no output for a command that prints only the prompt', async () => {
    expect(await lineOf(await coturn((_, socket) => socket.write('> '))).run('cs 1')).toBe('')
  })

  it('reads output in parts, and a `>` within a line is no prompt', async () => {
    const port = await coturn((_, socket) => {
      socket.write('\r\n    user: <5:a> ')
      setImmediate(() => socket.write('\r\n> x\r\n\r'))
      setTimeout(() => socket.write('\n>'), 10)
      setTimeout(() => socket.write(' '), 20)
    })
    expect(await lineOf(port).run('pu')).toBe('\r\n    user: <5:a> \r\n> x\r\n\r\n')
  })

  it('runs one command at a time, over one connection', async () => {
    let running = 0
    const port = await coturn((command, socket) => {
      running += 1
      expect(running).toBe(1)
      setTimeout(() => {
        running -= 1
        echo(command, socket)
      }, 5)
    })
    const line = lineOf(port)
    const commands = ['pu', 'ps 5:a', 'cs 1', 'cs 2']
    const outputs = await Promise.all(commands.map((command) => line.run(command)))
    expect(outputs.map((text) => text.trim())).toEqual(commands)
    expect(sockets.size).toBe(1)
  })

  it.each<[string, Respond, object, string]>([
    ['does not respond', () => undefined, { timeoutMs: 50 }, 'did not respond in time'],
    ['closes', (_, socket) => socket.end(), {}, 'closed the connection'],
    [
      'prints too much',
      (_, socket) => socket.write('x'.repeat(2000)),
      { maxOutputBytes: 1000 },
      'too large',
    ],
  ])('that %s fails the command, and the next one connects again', async (...row) => {
    const [, respond, options, reason] = row
    let failures = 1
    const port = await coturn((command, socket) =>
      failures-- > 0 ? respond(command, socket) : echo(command, socket),
    )
    const line = lineOf(port, options)
    await expect(line.run('pu')).rejects.toThrow(reason)
    expect((await line.run('pu')).trim()).toBe('pu')
  })

  it('connects again after coturn restarted between two commands', async () => {
    const port = await coturn(echo)
    const line = lineOf(port)
    await line.run('pu')
    const closed = [...sockets].map((socket) => once(socket, 'close'))
    for (const socket of sockets) socket.destroy()
    await Promise.all(closed)
    const retried = await line.run('pu').catch(() => line.run('pu'))
    expect(retried.trim()).toBe('pu')
  })

  it('rejects a wrong password, and another greeting', async () => {
    const wrong = lineOf(await coturn(echo), { password: 'wrong' })
    await expect(wrong.run('pu')).rejects.toThrow('rejects the password')
    server?.close()
    const open = lineOf(await coturn(echo, 'TURN Server\r\n> '))
    await expect(open.run('pu')).rejects.toThrow('requests no password')
  })

  it('is unreachable while nothing listens', async () => {
    const port = await coturn(echo)
    server?.close()
    await expect(lineOf(port).run('pu')).rejects.toThrow('is unreachable: ECONNREFUSED')
  })

  it.each(['ps a\r\nstop', 'ps \u00e9', 'ps \u0000'])('never sends %j', async (command) => {
    const port = await coturn(() => expect.unreachable())
    await expect(lineOf(port).run(command)).rejects.toThrow('one line of ASCII')
  })
})
