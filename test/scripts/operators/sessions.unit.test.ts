import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { findSecret } from '../../../scripts/aileana/dev-vars'
import { partsOf } from '../../../scripts/aileana/operators/invitation'
import { ask } from '../../../scripts/aileana/operators/terminal'
import { codeAt } from '../../../scripts/aileana/operators/totp'
import { createAileana } from '../../../scripts/aileana/program'
import { useScriptedService } from '../../support/scripted-service'
import { runCommand } from '../../support/usage'

const folder = mkdtempSync(join(tmpdir(), 'aileana-sessions-'))
const path = join(folder, 'sessions', 'file.json')
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const service = useScriptedService()
const PASSWORD = 'correct horse battery'
const LINK = '/desk#invitation=oit_abc'
const LATER = new Date(Date.now() + 3_600_000).toISOString()
const session = (rest: object = {}) => ({
  operator: { uuid: 'u', name: 'Ada', email: 'ada@example.com', role: 'admin', permissions: [] },
  expires_at: LATER,
  token: 'ost_1',
  ...rest,
})
const invitation = {
  email: 'ada@example.com',
  name: 'Ada',
  role: 'admin',
  totp: { secret: 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ', uri: 'otpauth://totp/x' },
}

beforeEach(() => {
  rmSync(path, { force: true })
  vi.stubEnv('AILEANA_SESSION_FILE', path)
  vi.stubEnv('OPERATOR_KEY', '')
  vi.stubEnv('OPERATOR_EMAIL', 'ada@example.com')
  vi.stubEnv('OPERATOR_PASSWORD', PASSWORD)
  vi.stubEnv('OPERATOR_CODE', '123456')
  vi.stubEnv('OPERATOR_BOOTSTRAP_SECRET', 'bootstrap-secret')
})
afterEach(() => vi.unstubAllEnvs())

const run = (...args: string[]) => runCommand(createAileana(), [...args, '--url', service.url])

describe('a log-in', () => {
  it('keeps the session in a file that only its owner can read, and commands use it', async () => {
    service.returns([200, session()], [200, { users: 0, next: null }])
    const { exitCode, printed } = await run('log-in')
    expect(exitCode).toBe(0)
    expect(printed).toContain(`Ada (admin) is logged in at ${service.url} until`)
    expect(printed).not.toContain('ost_1')
    expect(statSync(path).mode & 0o777).toBe(0o600)
    expect((await run('end-sessions', '--all')).exitCode).toBe(0)
    const body = { email: 'ada@example.com', password: PASSWORD, code: '123456', as: 'token' }
    expect(service.asked).toMatchObject([
      { method: 'POST', path: '/operator/session', token: undefined, body },
      { path: '/operator/token-versions?after=', token: 'ost_1' },
    ])
  })

  it('with a wrong password or code keeps nothing', async () => {
    service.returns([401, { detail: 'E-mail, password or code is wrong.' }])
    const { exitCode, printed } = await run('log-in')
    expect(printed).toContain('rejects the log-in: E-mail, password or code is wrong.')
    expect(exitCode).toBe(2)
    expect(existsSync(path)).toBe(false)
  })

  it('without a terminal names the missing variable', async () => {
    vi.stubEnv('OPERATOR_CODE', '')
    const { exitCode, printed } = await run('log-in')
    expect(printed).toBe('OPERATOR_CODE is not set, and there is no terminal to ask in.\n')
    expect(exitCode).toBe(2)
    expect(service.asked).toEqual([])
  })
})

describe('a session', () => {
  const store = (sessions: object) => {
    rmSync(folder, { recursive: true, force: true })
    vi.stubEnv('AILEANA_SESSION_FILE', `${folder}.json`)
    writeFileSync(`${folder}.json`, JSON.stringify(sessions))
  }
  const own = (rest: object = {}) => ({
    [service.url]: { token: 'ost_1', email: 'ada@example.com', expires_at: LATER, ...rest },
  })
  afterAll(() => rmSync(`${folder}.json`, { force: true }))

  it.each<[string, () => object]>([
    ['of another service', () => ({ 'http://localhost:1': Object.values(own())[0] })],
    ['that has ended', () => own({ expires_at: '2026-01-01T00:00:00.000Z' })],
  ])('%s is not used', async (_, sessions) => {
    store(sessions())
    const { exitCode, printed } = await run('end-sessions', '--all')
    expect(printed).toContain(`There is no session at ${service.url}. Run`)
    expect(exitCode).toBe(2)
    expect(service.asked).toEqual([])
  })

  it('is not used while OPERATOR_KEY is set', async () => {
    store(own())
    vi.stubEnv('OPERATOR_KEY', 'key')
    service.returns([403, { detail: 'The role key lacks audit.repair.' }])
    const { exitCode, printed } = await run('end-sessions', '--all')
    expect(service.asked).toMatchObject([{ token: 'key' }])
    expect(printed).toContain('OPERATOR_KEY is set, and a key only reads.')
    expect(exitCode).toBe(2)
  })

  it('in a damaged file is reported', async () => {
    store({})
    writeFileSync(`${folder}.json`, 'not JSON')
    expect((await run('log-out')).printed).toContain('cannot be read. Delete it and log in again.')
  })

  it.each([
    [204, 'ada@example.com is logged out', 0, {}],
    [401, 'ada@example.com is logged out', 0, {}],
    [500, 'The session may still be live.', 2, 'kept'],
  ])('is removed after a log-out with status %i', async (status, message, code, left) => {
    store(own())
    service.returns([status])
    const { exitCode, printed } = await run('log-out')
    expect(printed).toContain(message)
    expect(exitCode).toBe(code)
    expect(service.asked).toMatchObject([
      { method: 'DELETE', path: '/operator/session', token: 'ost_1' },
    ])
    const kept = JSON.parse(readFileSync(`${folder}.json`, 'utf8'))
    expect(kept).toEqual(left === 'kept' ? own() : {})
  })
})

describe('a key for a job', () => {
  it('is printed once, without other text on the standard output', async () => {
    service.returns([200, session()], [201, { key: 'okt_1', expires_at: LATER }])
    await run('log-in')
    const { exitCode, printed } = await run('create-key', '--name', 'nightly audit', '--days', '30')
    expect(exitCode).toBe(0)
    expect(printed).toMatch(/^okt_1$/m)
    expect(service.asked[1]).toMatchObject({
      path: '/operator/keys',
      token: 'ost_1',
      body: { name: 'nightly audit', days: 30 },
    })
  })

  it.each(['0', '91', '1.5', 'x'])('cannot live %s days', async (days) => {
    const { exitCode, printed } = await run('create-key', '--name', 'x', '--days', days)
    expect(printed).toContain('It must be a whole number from 1 to 90.')
    expect(exitCode).toBe(2)
  })
})

describe('the first admin', () => {
  const NAMED = ['bootstrap', '--email', 'ada@example.com', '--name', 'Ada']

  it('is invited with the secret, and the link is printed', async () => {
    service.returns([201, { invitation: LINK, expires_at: LATER }])
    const { exitCode, printed } = await run(...NAMED)
    expect(exitCode).toBe(0)
    expect(printed).toContain(`${service.url}${LINK}\n`)
    expect(printed).not.toContain('bootstrap-secret')
    expect(service.asked).toMatchObject([
      {
        path: '/operator/bootstrap',
        body: { secret: 'bootstrap-secret', email: 'ada@example.com', name: 'Ada' },
      },
    ])
  })

  it.each([
    [401, 'has another OPERATOR_BOOTSTRAP_SECRET.'],
    [404, 'has no OPERATOR_BOOTSTRAP_SECRET. Set one there.'],
    [409, 'returned status 409: It was used.'],
  ])('is refused with status %i', async (status, message) => {
    service.returns([status, { detail: 'It was used.' }])
    const { exitCode, printed } = await run(...NAMED)
    expect(printed).toContain(message)
    expect(exitCode).toBe(2)
  })

  it('on this machine can be logged in at once, with a computed code', async () => {
    service.returns(
      [201, { invitation: LINK, expires_at: LATER }],
      [200, invitation],
      [200, session()],
    )
    vi.stubEnv('OPERATOR_CODE', '')
    const { exitCode, printed } = await run(...NAMED, '--accept')
    expect(exitCode).toBe(0)
    expect(printed).toContain('Ada (admin) is logged in')
    expect(service.asked[2]).toMatchObject({
      path: '/operator/invitations/accept',
      body: { token: 'oit_abc', code: expect.stringMatching(/^\d{6}$/), as: 'token' },
    })
  })

  it('of another machine cannot be', async () => {
    const args = [...NAMED, '--accept', '--url', 'https://api.example']
    const { exitCode, printed } = await runCommand(createAileana(), args)
    expect(printed).toContain('--accept only works with a service on this machine.')
    expect(exitCode).toBe(2)
  })
})

describe('an invitation', () => {
  it('is accepted with a password and a code, after the secret of the app was shown', async () => {
    service.returns([200, invitation], [200, session()])
    const { exitCode, printed } = await run('accept', LINK)
    expect(exitCode).toBe(0)
    for (const line of [invitation.totp.secret, invitation.totp.uri, 'Ada (admin) is logged in'])
      expect(printed).toContain(line)
    expect(printed).not.toContain(PASSWORD)
    expect(service.asked).toMatchObject([
      { path: '/operator/invitations/read', body: { token: 'oit_abc' } },
      {
        path: '/operator/invitations/accept',
        body: { token: 'oit_abc', password: PASSWORD, code: '123456', as: 'token' },
      },
    ])
    expect(readFileSync(path, 'utf8')).toContain('ost_1')
  })

  it('that has been used is refused', async () => {
    service.returns([400, { detail: 'The link is invalid.' }])
    const { exitCode, printed } = await run('accept', LINK)
    expect(printed).toContain('rejects this: The link is invalid.')
    expect(exitCode).toBe(2)
  })

  it.each(['x', 'https://h/desk', 'ftp://h/desk#invitation=a', '/desk#invitation='])(
    'has another link than %s',
    async (link) => {
      const { exitCode, printed } = await run('accept', link)
      expect(printed).toContain('This is not the link of an invitation')
      expect(exitCode).toBe(2)
      expect(service.asked).toEqual([])
    },
  )

  it('of another origin than --url is accepted at its own', () => {
    expect(partsOf('https://h.example/desk#invitation=a-b_c', 'http://localhost:8787')).toEqual({
      origin: 'https://h.example',
      token: 'a-b_c',
    })
  })
})

describe('a question in the terminal', () => {
  it.each([
    [true, 'Password: \n'],
    [false, expect.stringContaining('secret')],
  ])('that is secret: %s shows %s', async (isSecret, shown) => {
    const [input, output] = [new PassThrough(), new PassThrough()]
    const answered = ask('Password: ', isSecret, { input, output })
    input.write('secret\r')
    expect(await answered).toBe('secret')
    output.end()
    expect(await text(output)).toEqual(shown)
  })

  it.each(['\u0003', '\u0004'])('is ended by the key %j', async (key) => {
    const [input, output] = [new PassThrough(), new PassThrough()]
    const answered = ask('Password: ', true, { input, output })
    input.write(key)
    await expect(answered).rejects.toThrow('Interrupted.')
  })
})

/** RFC 6238, appendix B: the last six digits of the values for SHA-1. */
it.each([
  [59, '287082'],
  [1_111_111_109, '081804'],
  [1_234_567_890, '005924'],
  [20_000_000_000, '353130'],
])('the code at second %i is %s', (second, code) => {
  expect(codeAt('GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ', second * 1000)).toBe(code)
})

it('a secret of .dev.vars is not sent to another machine', () => {
  vi.stubEnv('MONNIFY_SIMULATOR', '')
  expect(findSecret('MONNIFY_SIMULATOR', 'http://localhost:8787')).toBe('on')
  expect(findSecret('MONNIFY_SIMULATOR', 'https://api.example')).toBeUndefined()
  vi.stubEnv('MONNIFY_SIMULATOR', 'given')
  expect(findSecret('MONNIFY_SIMULATOR', 'https://api.example')).toBe('given')
})
