import { env } from 'cloudflare:workers'
import { runInDurableObject } from 'cloudflare:test'
import { drizzle } from 'drizzle-orm/d1'
import { describe, expect, it } from 'vitest'
import { auditByCron } from '../../src/operators/audit-job'
import { createAuditProgress, nextProgress } from '../../src/operators/audit-progress'
import { userWithCredit } from '../support/client'
import { worldWith } from '../support/gateway'

const store = createAuditProgress(drizzle(env.DB))

const PROGRESS = {
  afterUuid: 'b',
  passBeganAtMs: 1,
  findings: 2,
  lastPassBeganAtMs: null,
  lastPassEndedAtMs: null,
  lastPassFindings: null,
}

describe('the progress of the audit', () => {
  it('moves to the last user of a page, and a new pass begins after the last page', () => {
    expect(nextProgress(PROGRESS, { findings: 1, next: 'c' }, 5)).toEqual({
      ...PROGRESS,
      afterUuid: 'c',
      findings: 3,
    })
    expect(nextProgress(PROGRESS, { findings: 1, next: undefined }, 5)).toEqual({
      afterUuid: '',
      passBeganAtMs: 5,
      findings: 0,
      lastPassBeganAtMs: 1,
      lastPassEndedAtMs: 5,
      lastPassFindings: 3,
    })
  })

  it('is stored', async () => {
    await store.write(PROGRESS)
    expect(await store.read(9)).toMatchObject(PROGRESS)
    await store.write({ ...PROGRESS, afterUuid: '' })
    expect(await store.read(9)).toMatchObject({ ...PROGRESS, afterUuid: '' })
  })
})

async function pass(world = worldWith()): Promise<void> {
  await store.write({ ...PROGRESS, afterUuid: '', lastPassEndedAtMs: null })
  for (let run = 0; run < 100 && (await store.lastPassEndedAtMs()) === null; run++)
    await auditByCron(world.deps)
}

const exceptionOf = async (subject: string) =>
  env.DB.prepare("SELECT kind, note FROM exceptions WHERE subject LIKE '%' || ? || '%'")
    .bind(subject)
    .first()

describe('the audit by cron', () => {
  it('opens an exception for a wallet whose ledger was changed, and shows its pass at /ready', async () => {
    const user = await userWithCredit(50)
    const stub = env.WALLET.getByName(`${user.uuid}/call_credits`)
    await runInDurableObject(stub, (_, { storage }) => {
      storage.sql.exec('UPDATE wallet SET debt_kobo = 5')
    })
    const { uuid } = await stub.audit()
    const world = worldWith()
    await pass(world)
    expect(world.gateway.queries).toBe(0)
    expect(await exceptionOf(uuid)).toMatchObject({
      kind: 'audit_finding',
      note: expect.stringContaining('the debt is 5 kobo') as string,
    })
    const { status, body } = await world.send('GET', '/ready')
    expect(status).toBe(200)
    expect(Date.parse(body.audit.last_full_pass_at)).toBeGreaterThan(0)
  })

  it('skips a user whose wallet cannot be reached, with an exception, and audits the others', async () => {
    const broken = await userWithCredit(50)
    const { wallets } = worldWith().deps
    const world = worldWith({
      wallets: {
        send: (name, command) =>
          name.userUuid === broken.uuid
            ? Promise.reject(new Error('unreachable'))
            : wallets.send(name, command),
      },
    })
    await pass(world)
    expect(await store.lastPassEndedAtMs()).not.toBeNull()
    expect(await exceptionOf(`page/${broken.uuid}`)).toMatchObject({ kind: 'audit_finding' })
  })
})
