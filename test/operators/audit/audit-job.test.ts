import { runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { auditByCron } from '../../../src/operators/audit/audit-job'
import { userWithCredit, walletOf } from '../../support/client'
import { pass, useClock } from '../../support/clock'
import { worldWith } from '../../support/gateway'

useClock()

const { deps, gateway } = worldWith()
const { auditProgress } = deps

const run = (statement: string, ...values: unknown[]) =>
  env.DB.prepare(statement)
    .bind(...values)
    .run()

const findingsOf = async (uuid: string) =>
  (
    await env.DB.prepare('SELECT * FROM exceptions WHERE kind = ? AND subject LIKE ?')
      .bind('audit_finding', `%/${uuid}`)
      .all()
  ).results

async function projectedUser() {
  const user = await userWithCredit(100)
  for (const type of ['primary', 'call_credits'])
    await runDurableObjectAlarm(env.WALLET.getByName(`${user.uuid}/${type}`))
  return { user, wallet: (await walletOf(user)).uuid }
}

/** Audits all users in one pass, which takes a day in all. */
async function wholePass(): Promise<void> {
  for (let runs = 0; runs < 20; runs++) {
    await auditByCron(deps)
    const progress = await auditProgress.read()
    if (progress?.afterUuid === '' && progress.failures === 0) break
  }
  pass(86_400_000)
}

describe('the audit by cron', () => {
  beforeEach(async () => {
    await run('DELETE FROM audit_progress')
  })
  afterEach(() => vi.restoreAllMocks())

  it('records no exception for correct books, and queries no gateway', async () => {
    const { user, wallet } = await projectedUser()
    const { queries } = gateway
    await wholePass()
    expect(await findingsOf(wallet)).toEqual([])
    expect(await findingsOf(user.uuid)).toEqual([])
    expect(gateway.queries).toBe(queries)
  })

  it('records a differing projection, counts it in each pass, and does not reopen it once resolved', async () => {
    const { wallet } = await projectedUser()
    await run('UPDATE transactions SET balance_kobo = 1 WHERE wallet_uuid = ?', wallet)
    await wholePass()
    const subject = `copy_differs/${wallet}`
    const note = expect.stringContaining('sum of balances: 1 in D1')
    expect(await findingsOf(wallet)).toMatchObject([
      { subject, state: 'open', count: 1, note, amount_kobo: null },
    ])
    await run("UPDATE exceptions SET state = 'resolved', note = 'known' WHERE subject = ?", subject)
    await wholePass()
    expect(await findingsOf(wallet)).toMatchObject([
      { subject, state: 'resolved', count: 2, note: 'known' },
    ])
  })

  it('opens an exception for a wallet whose ledger was changed, and /ready shows the end of the pass', async () => {
    const user = await userWithCredit(50)
    const stub = env.WALLET.getByName(`${user.uuid}/call_credits`)
    await runInDurableObject(stub, (_, { storage }) => {
      storage.sql.exec('UPDATE wallet SET debt_kobo = 5')
    })
    const { uuid } = await stub.audit()
    const endedAtMs = Date.now()
    await wholePass()
    expect(await findingsOf(uuid)).toMatchObject([
      { note: expect.stringContaining('the debt is 5 kobo') as string },
    ])
    const { body } = await worldWith().send('GET', '/ready')
    expect(body.audit.last_full_pass_at).toBe(new Date(endedAtMs).toISOString())
  })

  it('reads its progress back, and saves it unless another run was faster', async () => {
    await auditByCron(deps)
    const stored = await auditProgress.read()
    const progress = {
      afterUuid: 'b',
      passBeganAtMs: 1,
      findings: 2,
      failures: 1,
      lastPassBeganAtMs: 3,
      lastPassEndedAtMs: 4,
      lastPassFindings: 5,
    }
    expect(await auditProgress.save(stored, progress)).toBe(true)
    expect(await auditProgress.read()).toEqual(progress)
    expect(await auditProgress.lastPassEndedAtMs()).toBe(4)
    expect(await auditProgress.save(stored, progress)).toBe(false)
    expect(await auditProgress.save(undefined, progress)).toBe(false)
  })
})
