import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { createAileana } from '../../scripts/aileana/program'
import { ROOT } from '../support/markdown'
import { runCommand } from '../support/usage'

const NOBODY = ['--url', 'http://127.0.0.1:9']
const OPERATOR = [
  ['audit'],
  ['audit', '--since', '2026-03-01'],
  ['audit', '--since', '2026-03-01T00:00:00+01:00'],
  ['lookup', '--payment', 'x'],
  ['end-sessions', '--all'],
  ['erase-again', '--all'],
  ['freeze', '--user', 'ada@example.com', '--reason', 'x'],
  ['goodwill', '--user', 'ada@example.com', '--amount', '5', '--reason', 'x'],
  ['proposals'],
  ['create-key', '--name', 'x'],
]

afterEach(() => vi.unstubAllEnvs())

function aileana(args: readonly string[], token = 'x') {
  vi.stubEnv('OPERATOR_KEY', token)
  return runCommand(createAileana(), args)
}

describe('a failing command', () => {
  it.each<[readonly string[], number, string]>([
    ...OPERATOR.map((args): [string[], number, string] => [
      [...args, ...NOBODY],
      2,
      'No service responds at http://127.0.0.1:9. Start it with `npm start`',
    ]),
    [['end-sessions'], 2, 'Add --all to confirm'],
    [['erase-again'], 2, 'Add --all to confirm'],
    [['smoke', ...NOBODY], 1, 'does not work: 8 of 8 checks failed.'],
    [['demo', ...NOBODY], 1, 'No service responds'],
    [['monnify', 'replay', '1', ...NOBODY], 1, 'No service responds'],
    [['monnify', 'scenario', 'declined', ...NOBODY], 1, 'No service responds'],
    [['monnify', 'refund', '--payment', 'x', '--amount', '5', ...NOBODY], 1, 'No service responds'],
    [['monnify', 'reverse', '--payment', 'x', ...NOBODY], 1, 'No service responds'],
    [['monnify', 'dispute', '--payment', 'x', '--won', ...NOBODY], 1, 'No service responds'],
    [['monnify', 'settle', ...NOBODY], 1, 'No service responds'],
    [['monnify', 'refund-fault', ...NOBODY], 1, 'No service responds'],
    [['monnify', 'trigger', 'SETTLEMENT', '--secret', 's', ...NOBODY], 1, 'No service responds'],
    [['monnify', 'verify', 'none.json', '00'], 2, 'There is no file none.json.'],
    [['monnify', 'verify', 'package.json', '00', '--secret', 's'], 1, '128 hex'],
    [['monnify', 'explain', 'R99'], 1, 'Unknown: R99.'],
    [['webhooks', 'listen', '--key', 'x', ...NOBODY], 1, 'No service responds'],
    [['webhooks', 'trigger', 'call.ended', '--key', 'x', ...NOBODY], 1, 'No service responds'],
    [['webhooks', 'trigger', 'call.ended', '--key', 'a b', ...NOBODY], 2, 'a wrong character'],
  ])('%j exits with %i: %s', async (args, exitCode, sentence) => {
    const run = await aileana(args)
    expect(run.printed).toContain(sentence)
    expect(run.exitCode).toBe(exitCode)
  })

  it('reports a key that a header cannot contain', async () => {
    const run = await aileana(['audit'], 'two words')
    expect(run.printed).toContain('OPERATOR_KEY contains a space')
    expect(run.exitCode).toBe(2)
  })

  it('reports an invalid PORT', async () => {
    vi.stubEnv('PORT', 'abc')
    const { printed } = await aileana(['demo'])
    expect(printed).toContain('PORT must be a port number, not abc')
  })
})

describe('a command with the wrong service', () => {
  let url = ''
  const server = createServer((request, response) => {
    response.writeHead(request.headers.authorization === 'Bearer x' ? 401 : 200).end('not JSON')
  })
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
  afterAll(() => server.close())

  it.each(OPERATOR.map((args) => ({ args })))(
    '$args reports that the service rejects the key',
    async ({ args }) => {
      const run = await aileana([...args, '--url', url])
      expect(run.printed).toContain('rejects this session or key. Run `npm run aileana -- log-in')
      expect(run.exitCode).toBe(2)
    },
  )

  it.each([
    [['audit'], 2],
    [['monnify', 'scenario', 'declined'], 1],
  ])('%j reports that the service returned no JSON', async (args, exitCode) => {
    const run = await aileana([...args, '--url', url], 'y')
    expect(run.printed).toContain('returned no JSON. Is it this service?')
    expect(run.exitCode).toBe(exitCode)
  })
})

describe('in a checkout without .dev.vars', () => {
  const folder = mkdtempSync(join(tmpdir(), 'aileana-commands-'))
  const PARTS = [
    'package.json',
    'scripts/run.mjs',
    'scripts/aileana.ts',
    'client/webhook-events.ts',
  ]
  const FOLDERS = ['scripts/aileana', 'scripts/cli', 'src/common', 'src/dev/simulator']
  beforeAll(() => {
    for (const part of [...PARTS, ...FOLDERS])
      cpSync(join(ROOT, part), join(folder, part), { recursive: true })
    symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'))
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it.each([
    [['audit'], 'There is no session at http://localhost:8787. Run `npm run aileana -- log-in'],
    [
      ['bootstrap', '--email', 'a@example.com', '--name', 'A'],
      'OPERATOR_BOOTSTRAP_SECRET is neither in the environment nor in .dev.vars.',
    ],
    [['log-in'], 'OPERATOR_EMAIL is not set, and there is no terminal to ask in.'],
    [
      ['monnify', 'verify', 'package.json', '00'],
      'There is no secret. Use --secret, or run `npm ci`',
    ],
  ])(
    '%j reports what is missing, and exits with 2',
    (args, sentence) => {
      const own = /^(OPERATOR_|MONNIFY_|AILEANA_|PORT$)/
      const env = Object.fromEntries(
        Object.entries(process.env).filter(([name]) => !own.test(name)),
      )
      const command = ['scripts/run.mjs', 'scripts/aileana.ts', ...args]
      const { status, stderr } = spawnSync(process.execPath, command, {
        cwd: folder,
        env: { ...env, NO_COLOR: '1', FORCE_COLOR: '0' } as unknown as NodeJS.ProcessEnv,
        encoding: 'utf8',
      })
      expect(stderr).toContain(sentence)
      expect(stderr).not.toMatch(/^ {4}at /m)
      expect(status).toBe(2)
    },
    30_000,
  )
})
