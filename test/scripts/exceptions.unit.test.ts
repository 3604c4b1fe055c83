import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createAileana } from '../../scripts/aileana/program'
import { useScriptedService } from '../support/scripted-service'
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
  const service = useScriptedService()
  const asked = () =>
    service.asked.map(({ method, path, body }) =>
      `${method} ${path} ${body === undefined ? '' : JSON.stringify(body)}`.trim(),
    )
  beforeEach(() => vi.stubEnv('OPERATOR_KEY', 'x'))
  afterEach(() => vi.unstubAllEnvs())

  const run = (...args: string[]) =>
    runCommand(createAileana(), ['exceptions', ...args, '--url', service.url])

  it('lists all pages with the filters', async () => {
    service.returns(
      [200, { exceptions: [exception('AIL-1', { state: 'taken' })], next: 'abc' }],
      [
        200,
        { exceptions: [exception('AIL-2', { state: 'taken', owner_name: 'Ada' })], next: null },
      ],
    )
    const { exitCode, printed } = await run('--state', 'taken', '--kind', 'unexpected_amount')
    expect(exitCode).toBe(0)
    expect(printed).toMatch(
      / d +unexpected_amount +AIL-1 +taken +12\.5 +2 +- .*\n.*AIL-2 +taken +12\.5 +2 +Ada/,
    )
    const query = 'state=taken&kind=unexpected_amount'
    expect(asked()).toEqual([
      `GET /operator/exceptions?${query}`,
      `GET /operator/exceptions?${query}&cursor=abc`,
    ])
  })

  it('lists open ones by default, and prints JSON', async () => {
    service.returns(
      [200, { exceptions: [exception('AIL-1')], next: null }],
      [200, { exceptions: [], next: null }],
    )
    expect(JSON.parse((await run('--json')).printed)).toEqual([exception('AIL-1')])
    expect((await run()).printed).toBe('0 exceptions are open.\n')
    expect(new Set(asked())).toEqual(new Set(['GET /operator/exceptions?state=open']))
  })

  const NAMED = ['--kind', 'k', '--subject', 's']
  const named = { kind: 'k', subject: 's' }

  it.each([
    ['take', ['--note', 'mine'], { ...named, note: 'mine' }],
    ['resolve', ['--resolution', 'refunded'], { ...named, resolution: 'refunded' }],
    ['reopen', [], named],
    ['note', ['--note', 'asked the bank'], { ...named, note: 'asked the bank' }],
  ])('%s sends kind, subject and texts, and prints the new state', async (action, texts, body) => {
    service.returns([200, exception('s', { kind: 'k', state: 'taken', owner_name: 'Ada' })])
    const { exitCode, printed } = await run(action, ...NAMED, ...texts)
    expect(exitCode).toBe(0)
    expect(printed).toMatch(/ k +s +taken .*Ada/)
    const [method, path, sent] = asked()[0]?.split(/ (?=[/{])/) ?? []
    expect([method, path]).toEqual(['POST', '/operator/exceptions'])
    expect(JSON.parse(sent ?? '')).toEqual({ action, ...body })
  })

  it.each([
    [404, 'Nothing of this kind has this name.', 'has no such', 1],
    [409, 'The exception is resolved.', 'The exception is resolved.', 2],
    [503, 'x', 'returned status 503', 2],
  ])('take reports status %i with %s: %s', async (status, detail, message, code) => {
    service.returns([status, { detail }])
    const { exitCode, printed } = await run('take', ...NAMED)
    expect(printed).toContain(message)
    expect(exitCode).toBe(code)
  })
})
