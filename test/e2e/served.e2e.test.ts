/** The service as a newcomer meets it: started by its command, on storage of its own, and played with. */
import { rmSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { answered, createClient } from '../../src/client/client'
import {
  freePort,
  kill,
  newAccount,
  newStorage,
  said,
  start,
  tool,
  topUp,
  useService,
} from '../support/served'

describe('the service, started by its command', () => {
  const service = useService('--var', 'SIMULATED_CUSTOMER:pays')

  it('plays the demo, twice in a row', () => {
    for (let times = 0; times < 2; times++) {
      const { status, stdout } = tool('demo', '--url', service.url)
      expect(stdout).toContain('That was a paid call.')
      expect(status).toBe(0)
    }
  }, 60_000)

  it('has books that add up, as the audit finds', () => {
    const { status, stdout, stderr } = tool('audit', '--url', service.url)
    expect(stderr).toBe('')
    expect(stdout).toContain('All of it adds up.')
    expect(stdout).toMatch(/gateway .*-100\.00/)
    expect(status).toBe(0)
  }, 60_000)

  it('killed and started again on its storage, still has the money and the hold', async () => {
    const { client: before, accessToken } = await newAccount(service.url)
    await topUp(before, 10)
    const body = { recipient_phone: '+2348031234567' }
    const call = await answered(before.POST('/calls', { body }))
    expect(call).toMatchObject({ status: 'initiated' })

    await service.restart()

    const client = createClient({ url: service.url, token: accessToken })
    const wallets = () => answered(client.GET('/wallets'))
    expect(await wallets()).toMatchObject([{}, { balance: 0, held: 10 }])
    const params = { path: { uuid: call.uuid } }
    const ended = await answered(client.PATCH('/calls/{uuid}/end', { params }))
    expect(ended).toMatchObject({ status: 'cancelled', cost: 0 })
    expect(await wallets()).toMatchObject([{}, { balance: 10, held: 0 }])
  }, 60_000)
})

describe('what does not work says why', () => {
  it('the demo, when nothing is served', async () => {
    const { status, stderr } = tool('demo', '--url', `http://localhost:${await freePort()}`)
    expect(status).toBe(1)
    expect(stderr).toContain('npm start')
  })

  it('the audit, when nothing is served, or it is asked for what it has not got', async () => {
    const nowhere = tool('audit', '--url', `http://localhost:${await freePort()}`)
    expect([nowhere.status, nowhere.stderr]).toEqual([2, expect.stringContaining('npm start')])
    for (const flags of [['--fix'], ['--since', 'yesterday'], ['--url', 'x']])
      expect(tool('audit', ...flags).status, flags.join(' ')).toBe(2)
  })

  it('S9: a short secret, which stops the start', async () => {
    const storage = newStorage()
    const service = await start(storage, '--var', 'JWT_SECRET:short')
    expect(await said(service, 'JWT_SECRET must have at least 32 bytes')).toBe(true)
    expect(service.output()).not.toContain('Ready on')
    await kill(service)
    rmSync(storage, { recursive: true, force: true })
  }, 60_000)
})
