import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createAileana } from '../../../scripts/aileana/program'
import { useScriptedService } from '../../support/scripted-service'
import { runCommand } from '../../support/usage'

const service = useScriptedService()
const UUID = '3f0b8c1e-6f64-4e0a-9b1c-2f4f8f3f7a55'
const OTHER = '0b6f6a0e-6a0f-4f0c-8f6d-3d6c3c1c8a11'
const HASH = 'a'.repeat(64)

beforeEach(() => {
  vi.stubEnv('OPERATOR_KEY', 'x')
})
afterEach(() => vi.unstubAllEnvs())

const run = (...args: string[]) => runCommand(createAileana(), [...args, '--url', service.url])

const proposal = (state: string, rest: object = {}) => ({
  uuid: UUID,
  kind: 'goodwill',
  state,
  amount: 50,
  customer: OTHER,
  hash: HASH,
  reason: 'No audio',
  maker_name: 'Ada',
  outcome: null,
  expires_at: '2026-03-15T10:00:00.000Z',
  ...rest,
})

const REASON = ['--reason', 'No audio']
const USER = ['--user', 'ada@example.com', '--amount', '50', ...REASON]
const user = { user: 'ada@example.com', amount: 50, reason: 'No audio', wallet: 'call_credits' }

describe('a command that moves an amount', () => {
  it.each<[string, string[], object]>([
    ['goodwill', USER, { kind: 'goodwill', ...user }],
    [
      'waive-debt',
      [...USER, '--wallet', 'primary'],
      { kind: 'debt_waiver', ...user, wallet: 'primary' },
    ],
    [
      'correct',
      [...USER, '--direction', 'debit'],
      { kind: 'correction', ...user, direction: 'debit' },
    ],
    [
      'refund',
      ['--payment', 'AIL-1', '--amount', '99.50', ...REASON, '--account', '0123456789'],
      {
        kind: 'refund',
        payment: 'AIL-1',
        amount: 99.5,
        method: 'monnify',
        reason: 'No audio',
        destination: { account_number: '0123456789', bank_code: '' },
      },
    ],
  ])('%s proposes it with a key', async (command, args, body) => {
    service.returns([200, proposal('executed', { outcome: OTHER })])
    const { exitCode, printed } = await run(command, ...args)
    expect(exitCode).toBe(0)
    expect(printed).toMatch(new RegExp(`executed +50 +${OTHER}`))
    const [asked] = service.asked
    expect(asked).toMatchObject({ method: 'POST', path: '/operator/proposals', token: 'x', body })
    expect(printed).toContain(`repeat the command with --key ${asked?.key}.`)
    expect(asked?.key).toMatch(/^[\da-f-]{36}$/)
  })

  it('repeats it with the key of an earlier command', async () => {
    service.returns([200, proposal('executed')])
    await run('goodwill', ...USER, '--key', 'earlier')
    expect(service.asked).toMatchObject([{ key: 'earlier', body: { kind: 'goodwill', ...user } }])
  })

  it('names the approval that a large amount needs', async () => {
    service.returns([202, proposal('pending')])
    const { exitCode, printed } = await run('goodwill', ...USER)
    expect(exitCode).toBe(0)
    expect(printed).toContain('A second operator must approve it')
    expect(printed).toContain(
      `npm run aileana -- approve ${UUID} --hash ${HASH} --url ${service.url}`,
    )
  })

  it('fails if the wallet refuses the amount', async () => {
    service.returns([200, proposal('refused', { outcome: 'insufficient_funds' })])
    const { exitCode, printed } = await run('goodwill', ...USER)
    expect(printed).toContain('The amount was not moved: insufficient_funds.')
    expect(exitCode).toBe(2)
  })

  it.each([
    [400, 'returned status 400: No. amount must be less.', 2],
    [404, 'has no such payment, call, wallet, user', 1],
  ])('reports status %i', async (status, message, code) => {
    const errors = [{ pointer: '/amount', message: 'must be less' }]
    const detail = status === 404 ? 'Nothing of this kind has this name.' : 'No.'
    service.returns([status, { detail, errors }])
    const { exitCode, printed } = await run('goodwill', ...USER)
    expect(printed).toContain(message)
    expect(exitCode).toBe(code)
  })

  it.each<[string[], string]>([
    [['goodwill', '--user', 'x', '--amount', '-1', ...REASON], 'It must be an amount in NGN'],
    [['goodwill', '--user', 'x', '--amount', '1.234', ...REASON], 'It must be an amount in NGN'],
    [['goodwill', '--user', 'x', '--amount', '1'], "required option '--reason"],
    [['correct', ...USER], "required option '--direction"],
    [['correct', ...USER, '--direction', 'up'], 'Allowed choices are credit, debit.'],
    [['goodwill', ...USER, '--as', 'Ada'], "unknown option '--as'"],
    [['approve', UUID], "required option '--hash"],
    [['approve', UUID, '--hash', 'abc'], '64 hexadecimal digits'],
    [['approve', '../x', '--hash', HASH], 'It must be a UUID.'],
    [['reject', UUID, '--hash', HASH], "required option '--reason"],
  ])('%j is rejected before a request: %s', async (args, message) => {
    const { exitCode, printed } = await run(...args)
    expect(printed).toContain(message)
    expect(exitCode).toBe(2)
    expect(service.asked).toEqual([])
  })
})

describe('a decision about a proposal', () => {
  it.each<[string, string[], unknown, string]>([
    ['approve', ['--hash', HASH], { hash: HASH }, 'executed'],
    ['reject', ['--hash', HASH, ...REASON], { hash: HASH, reason: 'No audio' }, 'rejected'],
    ['withdraw', [], undefined, 'withdrawn'],
  ])('to %s it names the hash that the operator read', async (command, args, body, state) => {
    service.returns([200, proposal(state)])
    const { exitCode, printed } = await run(command, UUID, ...args)
    expect(exitCode).toBe(0)
    expect(printed).toContain(state)
    expect(service.asked).toMatchObject([
      { method: 'POST', path: `/operator/proposals/${UUID}/${command}`, body },
    ])
  })

  it('about a refund sends the evidence', async () => {
    service.returns([200, { uuid: UUID, status: 'completed' }])
    const args = ['--refund', UUID, '--outcome', 'completed', '--evidence', 'Session 1']
    expect((await run('decide-refund', ...args)).printed).toContain('completed')
    expect(service.asked).toMatchObject([
      {
        path: `/operator/refunds/${UUID}/decision`,
        body: { outcome: 'completed', evidence: 'Session 1' },
      },
    ])
  })
})

describe('the list of proposals', () => {
  it('has all pages, with maker, reason and hash', async () => {
    service.returns(
      [200, { proposals: [proposal('pending')], next: 'abc' }],
      [200, { proposals: [], next: null }],
    )
    const { printed } = await run('proposals')
    for (const shown of ['1 proposals are pending.', 'Ada', 'No audio', HASH, UUID])
      expect(printed).toContain(shown)
    expect(service.asked.map(({ path }) => path)).toEqual([
      '/operator/proposals?state=pending',
      '/operator/proposals?state=pending&cursor=abc',
    ])
  })
})

describe('an action on a user', () => {
  const hit = (uuid: string, foundBy = 'email') => ({ uuid, found_by: foundBy })
  const freeze = (named: string) => run('freeze', '--user', named, '--reason', 'Stolen phone')

  it('finds the user by e-mail address first', async () => {
    service.returns([200, { customers: [hit(UUID), hit(OTHER, 'name')], total: 2 }], [200, {}])
    const { exitCode, printed } = await freeze('ada@example.com')
    expect(exitCode).toBe(0)
    expect(printed).toBe('freeze: done for ada@example.com.\n')
    expect(service.asked).toMatchObject([
      { path: '/operator/search', body: { text: 'ada@example.com' } },
      {
        path: `/operator/customers/${UUID}/actions`,
        body: { action: 'freeze', reason: 'Stolen phone' },
      },
    ])
  })

  it('needs no search for a UUID', async () => {
    service.returns([200, {}])
    expect((await freeze(UUID.toUpperCase())).exitCode).toBe(0)
    expect(service.asked.map(({ path }) => path)).toEqual([`/operator/customers/${UUID}/actions`])
  })

  it.each([
    ['no user', [], 'has no user with this e-mail address.', 1],
    ['only a name', [hit(UUID, 'name')], 'has no user with this e-mail address.', 1],
    ['two users', [hit(UUID), hit(OTHER)], '2 users match ada. Use the UUID', 2],
  ])('changes nothing if the search finds %s', async (_, customers, message, code) => {
    service.returns([200, { customers, total: customers.length }])
    const { exitCode, printed } = await freeze('ada')
    expect(printed).toContain(message)
    expect(exitCode).toBe(code)
    expect(service.asked).toHaveLength(1)
  })
})
