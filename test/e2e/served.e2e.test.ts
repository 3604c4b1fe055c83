import { rmSync } from 'node:fs'
import { describe, expect, it, vi } from 'vitest'
import { bodyOf, createClient } from '../../client/client'
import {
  aileana,
  becomeAdmin,
  groupEnded,
  kill,
  newAccount,
  newStorage,
  said,
  start,
  startByNpm,
  topUp,
  useService,
} from '../support/served'

describe('the service, started with npm start', () => {
  const service = useService('--var', 'SIMULATED_CUSTOMER:pays')

  it('plays the demo twice in a row, the second time with a proxy configured', () => {
    for (const isBehindProxy of [false, true]) {
      if (isBehindProxy) {
        vi.stubEnv('NODE_USE_ENV_PROXY', '1')
        vi.stubEnv('HTTP_PROXY', 'http://127.0.0.1:9')
      }
      const { status, stdout } = aileana('demo', '--url', service.url)
      vi.unstubAllEnvs()
      const lines = [
        'Payment received: ₦50.00 (signed',
        '→ 200 Accepted: the service has confirmed it at the gateway.',
        'Payment received: ₦5,000.00 (signed',
        '→ 401 Rejected: the signature does not match the body.',
        'The demo of a paid call is complete.',
      ]
      for (const line of lines) expect(stdout).toContain(line)
      expect(stdout).not.toContain('₦5,050.00')
      expect(stdout).toMatch(/top up +₦50\.00 +₦50\.00\n +call charge +−₦1\.00 +₦49\.00/)
      expect(status).toBe(0)
    }
  }, 60_000)

  it('lets no one audit before a log-in', () => {
    const { status, stderr } = aileana('audit', '--url', service.url)
    expect(stderr).toContain(
      `There is no session at ${service.url}. Run \`npm run aileana -- log-in`,
    )
    expect(status).toBe(2)
  }, 60_000)

  it('has correct books, according to the audit of the first admin', () => {
    becomeAdmin(service.url)
    const { status, stdout, stderr } = aileana('audit', '--url', service.url)
    expect(stderr).toBe('')
    expect(stdout).toContain('All books agree.')
    expect(stdout).toMatch(/gateway .*-100\.00/)
    expect(status).toBe(0)
  }, 60_000)

  it('prevents a second service on the same state, which names the first', async () => {
    const second = await start(service.storage)
    expect(await second.ended).toBe(1)
    const { port } = new URL(service.url)
    expect(second.output()).toMatch(
      new RegExp(
        `^Another service uses the state in .*: process \\d+, on port ${port}, since .*\\n$`,
      ),
    )
  })

  it('passes the smoke test', () => {
    const { status, stdout } = aileana('smoke', '--url', service.url)
    expect(stdout).toContain('passed all checks.')
    expect(stdout).toContain('✓ Monnify accepts the credentials')
    expect(stdout).not.toContain('✗')
    expect(status).toBe(0)
  }, 60_000)

  it('shows an operator a payment and a call', async () => {
    const { client } = await newAccount(service.url)
    const body = { amount: 20, method: 'monnify' } as const
    const { payment_reference: reference } = await bodyOf(client.POST('/payments', { body }))
    const path = { paymentReference: reference }
    await bodyOf(client.POST('/payments/verify/{paymentReference}', { params: { path } }))
    const paid = aileana('lookup', '--payment', reference, '--url', service.url)
    for (const said of [reference, 'completed', 'PAID', 'webhooks and their outcomes', 'top_up'])
      expect(paid.stdout).toContain(said)
    expect(paid.status).toBe(0)

    const dialled = { recipient_phone: '08031234567' }
    const call = await bodyOf(client.POST('/calls', { body: dialled }))
    const { uuid } = await bodyOf(client.GET('/users/me'))
    const flags = ['--call', call.uuid, '--user', uuid, '--url', service.url]
    expect(aileana('lookup', ...flags).stdout).toContain(
      'the call was not answered or has not ended',
    )
    expect(paid.stdout).not.toMatch(/\(index\)|'|│/)
    const unknown = aileana('lookup', '--user', 'nobody@example.org', '--url', service.url)
    expect([unknown.status, unknown.stderr]).toEqual([
      1,
      expect.stringContaining('has no such payment, call, wallet, user'),
    ])
    const json = JSON.parse(aileana('lookup', ...flags, '--json').stdout)
    expect(json.wallets[0].calls[0]).toMatchObject({ uuid: call.uuid, status: 'initiated' })
  }, 60_000)

  it('moves a small amount at once, and a large one only after an approval', async () => {
    const { client } = await newAccount(service.url)
    const { uuid } = await bodyOf(client.GET('/users/me'))
    const give = (naira: string) =>
      aileana(
        'goodwill',
        '--user',
        uuid,
        '--amount',
        naira,
        '--reason',
        'No audio',
        '--url',
        service.url,
      )
    const small = give('10')
    expect(small.stdout).toContain('executed')
    expect(small.status).toBe(0)
    const large = give('6000')
    const [, proposal = '', hash = ''] =
      /aileana -- approve ([\da-f-]{36}) --hash ([\da-f]{64})/.exec(large.stdout) ?? []
    const own = aileana('approve', proposal, '--hash', hash, '--url', service.url)
    expect(own.stderr).toContain('returned status 403')
    expect(own.status).toBe(2)
    expect(await bodyOf(client.GET('/wallets'))).toMatchObject([{}, { balance: 10 }])
    const withdrawn = aileana('withdraw', proposal, '--url', service.url)
    expect(withdrawn.stdout).toContain('withdrawn')
  }, 60_000)

  it('gives a job a key that reads and moves no money, and ends a session at once', () => {
    const named = ['--name', 'audit every night', '--url', service.url]
    const key = aileana('create-key', ...named).stdout.trim()
    vi.stubEnv('OPERATOR_KEY', key)
    expect(aileana('audit', '--url', service.url).status).toBe(0)
    const refused = aileana('audit', '--repair', '--url', service.url)
    expect(refused.stderr).toContain('OPERATOR_KEY is set, and a key only reads.')
    expect(refused.status).toBe(2)
    vi.unstubAllEnvs()
    expect(aileana('log-out', '--url', service.url).status).toBe(0)
    expect(aileana('audit', '--url', service.url).status).toBe(2)
  }, 60_000)

  it('still has the money and the hold after a kill and a restart', async () => {
    const { client: before, accessToken } = await newAccount(service.url)
    await topUp(before, 20)
    const body = { recipient_phone: '+2348031234567' }
    const call = await bodyOf(before.POST('/calls', { body }))
    expect(call).toMatchObject({ status: 'initiated' })

    await service.restart()

    const client = createClient({ url: service.url, token: accessToken })
    const wallets = () => bodyOf(client.GET('/wallets'))
    expect(await wallets()).toMatchObject([{}, { balance: 10, held: 10 }])
    const params = { path: { uuid: call.uuid } }
    const ended = await bodyOf(client.PATCH('/calls/{uuid}/end', { params }))
    expect(ended).toMatchObject({ status: 'cancelled', cost: 0 })
    expect(await wallets()).toMatchObject([{}, { balance: 20, held: 0 }])
  }, 60_000)
})

describe('the service, started where other machines can reach it', () => {
  it('has no simulators, and leaves no process behind when npm is terminated', async () => {
    const storage = newStorage()
    const service = await startByNpm(storage, '--ip', '0.0.0.0')
    expect(await said(service, 'Ready on')).toBe(true)
    expect(service.output()).toContain(
      'The simulators and the console are disabled, because --ip 0.0.0.0',
    )
    const statusOf = async (path: string) => (await fetch(`${service.url}${path}`)).status
    for (const path of ['/simulator', '/console']) expect(await statusOf(path), path).toBe(404)
    expect(await statusOf('/ready')).toBe(200)

    service.process.kill('SIGTERM')
    await service.ended
    await groupEnded(service)
    await expect(statusOf('/health')).rejects.toThrow('fetch failed')
    rmSync(storage, { recursive: true, force: true })
  }, 60_000)
})

describe('the service, in production with an invalid secret', () => {
  const variables = ['MONNIFY_SIMULATOR:off', 'JWT_SECRET:short', 'LIMIT_LOGINS:1/1m']
  const service = useService(...variables.flatMap((variable) => ['--var', variable]))

  it('runs, and reports that it is not ready', async () => {
    expect((await fetch(`${service.url}/health`)).status).toBe(200)
    const ready = await fetch(`${service.url}/ready`)
    expect([ready.status, await ready.json()]).toMatchObject([
      503,
      { code: 'not_ready', failing: ['configuration'] },
    ])
    expect(ready.headers.get('Content-Type')).toBe('application/problem+json')
    expect((await fetch(`${service.url}/wallets`)).status).toBe(503)
    expect(service.output()).toContain('JWT_SECRET must have at least 32 bytes')
  })

  it('reports an unknown setting', () => {
    expect(service.output()).toContain('LIMIT_LOGINS is not a setting and has no effect.')
  })

  it('fails the smoke test', () => {
    const { status, stdout, stderr } = aileana('smoke', '--url', service.url)
    expect(stdout).toContain('✗ the database, migrations, objects and configuration are ready')
    expect(stderr).toContain('does not work: 6 of 7 checks failed.')
    expect(status).toBe(1)
  })
})

describe('a failed start', () => {
  it('S9: names the setting if a secret is too short', async () => {
    const storage = newStorage()
    const service = await start(storage, '--var', 'JWT_SECRET:short')
    expect(await said(service, 'JWT_SECRET must have at least 32 bytes')).toBe(true)
    for (const served of ['Ready on', 'configuration_unusable'])
      expect(service.output()).not.toContain(served)
    await kill(service)
    rmSync(storage, { recursive: true, force: true })
  }, 60_000)
})
