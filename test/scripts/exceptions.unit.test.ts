import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { createAileana } from '../../scripts/aileana/program'
import { runCommand } from '../support/usage'

const exception = (subject: string, rest: object = {}) => ({
  kind: 'unexpected_amount',
  subject,
  amount: 12.5,
  state: 'open',
  count: 2,
  owner: null,
  owner_name: null,
  note: null,
  resolution: null,
  noted_at: '2026-03-11T09:00:00.000Z',
  last_noted_at: '2026-03-14T09:58:59.000Z',
  ...rest,
})

describe('npm run aileana -- exceptions', () => {
  const asked: string[] = []
  let answers: (readonly [status: number, body: object])[] = []
  let url = ''
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    asked.push(`${request.method} ${request.url} ${await text(request)}`.trim())
    const [status, body] = answers.shift() ?? [500, {}]
    response.writeHead(status).end(JSON.stringify(body))
  }
  const server = createServer((request, response) => void answer(request, response))
  beforeAll(
    () =>
      new Promise<void>((resolve) => {
        server.listen(0, '127.0.0.1', () => {
          const address = server.address()
          url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`
          resolve()
        })
      }),
  )
  beforeEach(() => {
    asked.length = 0
    vi.stubEnv('OPERATOR_KEY', 'x')
  })
  afterEach(() => vi.unstubAllEnvs())
  afterAll(() => server.close())

  const run = (...args: string[]) =>
    runCommand(createAileana(), ['exceptions', ...args, '--url', url])

  it('lists all pages with the filters', async () => {
    answers = [
      [200, { exceptions: [exception('AIL-1', { state: 'taken' })], next: 'abc' }],
      [
        200,
        { exceptions: [exception('AIL-2', { state: 'taken', owner_name: 'Ada' })], next: null },
      ],
    ]
    const { exitCode, printed } = await run('--state', 'taken', '--kind', 'unexpected_amount')
    expect(exitCode).toBe(0)
    expect(printed).toMatch(
      / d +unexpected_amount +AIL-1 +taken +12\.5 +2 +- .*\n.*AIL-2 +taken +12\.5 +2 +Ada/,
    )
    const query = 'state=taken&kind=unexpected_amount'
    expect(asked).toEqual([
      `GET /operator/exceptions?${query}`,
      `GET /operator/exceptions?${query}&cursor=abc`,
    ])
  })

  it('lists open ones by default, and prints JSON', async () => {
    answers = [
      [200, { exceptions: [exception('AIL-1')], next: null }],
      [200, { exceptions: [], next: null }],
    ]
    expect(JSON.parse((await run('--json')).printed)).toEqual([exception('AIL-1')])
    expect((await run()).printed).toBe('0 exceptions are open.\n')
    expect(new Set(asked)).toEqual(new Set(['GET /operator/exceptions?state=open']))
  })

  const NAMED = ['--kind', 'k', '--subject', 's']
  const named = { kind: 'k', subject: 's' }

  it.each([
    ['take', ['--note', 'mine'], { ...named, note: 'mine' }],
    ['resolve', ['--resolution', 'refunded'], { ...named, resolution: 'refunded' }],
    ['reopen', [], named],
    ['note', ['--note', 'asked the bank'], { ...named, note: 'asked the bank' }],
  ])('%s sends kind, subject and texts, and prints the new state', async (action, texts, body) => {
    answers = [[200, exception('s', { kind: 'k', state: 'taken', owner_name: 'Ada' })]]
    const { exitCode, printed } = await run(action, ...NAMED, ...texts)
    expect(exitCode).toBe(0)
    expect(printed).toMatch(/ k +s +taken .*Ada/)
    const [method, path, sent] = asked[0]?.split(/ (?=[/{])/) ?? []
    expect([method, path]).toEqual(['POST', '/operator/exceptions'])
    expect(JSON.parse(sent ?? '')).toEqual({ action, ...body })
  })

  it.each([
    [404, 'Nothing of this kind has this name.', 'has no such', 1],
    [409, 'The exception is resolved.', 'The exception is resolved.', 2],
    [503, 'x', 'returned status 503', 2],
  ])('take reports status %i with %s: %s', async (status, detail, message, code) => {
    answers = [[status, { detail }]]
    const { exitCode, printed } = await run('take', ...NAMED)
    expect(printed).toContain(message)
    expect(exitCode).toBe(code)
  })
})
