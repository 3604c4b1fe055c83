import { runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { linesOf } from '../../support/accounts'
import { topUps } from '../../support/past'
import { dial, newUser, type TestUser, walletOf } from '../../support/client'
import { worldWith } from '../../support/gateway'
import { operatorSender } from '../../support/operators'

const world = worldWith()
const asOperator = operatorSender(world.send)

interface Finding {
  readonly kind: string
  readonly subject: string
  readonly detail: string
  readonly repaired: boolean
}

const ask = (query = '', via = asOperator) => via('POST', `/operator/audit?limit=100${query}`)

async function audit(repair = false): Promise<Finding[]> {
  const { status, body } = await ask(`&repair=${repair}`)
  expect(status).toBe(200)
  return body.findings
}

const walletObject = (user: TestUser) => env.WALLET.getByName(`${user.uuid}/call_credits`)

/** Projects both wallets to D1 now. */
async function copy(user: TestUser): Promise<void> {
  for (const type of ['primary', 'call_credits'])
    await runDurableObjectAlarm(env.WALLET.getByName(`${user.uuid}/${type}`))
}

async function pay(user: TestUser, naira: number) {
  const body = { amount: naira, method: 'monnify' }
  const payment = await world.send('POST', '/payments', { token: user.token, body })
  const { uuid, payment_reference: reference } = payment.body
  return { uuid, reference }
}

async function paidUser(naira: number) {
  const user = await newUser(world.send)
  const payment = await pay(user, naira)
  world.gateway.says(payment.reference, 'PAID', naira)
  await user.send('POST', `/payments/verify/${payment.reference}`)
  const call = (await dial(user)).body.uuid
  await user.send('PATCH', `/calls/${call}/answer`)
  await user.send('PATCH', `/calls/${call}/end`)
  await copy(user)
  return { user, payment }
}

const run = (statement: string, ...values: unknown[]) =>
  env.DB.prepare(statement)
    .bind(...values)
    .run()

describe('the audit', () => {
  /** Subjects of findings that earlier tests caused; `news` ignores them. */
  let known = new Set<string>()
  const news = (findings: Finding[]) => findings.filter(({ subject }) => !known.has(subject))

  beforeEach(async () => {
    known = new Set((await audit(true)).map(({ subject }) => subject))
  })

  it('finds nothing in correct books, and their sum is zero', async () => {
    const { user } = await paidUser(500)
    await dial(user)
    await copy(user)
    const { body } = await ask()
    expect(news(body.findings)).toEqual([])
    const { gateway, wallet, transfer, revenue } = body.sums_kobo
    expect(gateway + wallet + transfer + revenue).toBe(0)
    expect(gateway).toBeLessThanOrEqual(-50_000)
  })

  it('finds a projection that differs, repairs it, and then finds nothing', async () => {
    const { user } = await paidUser(500)
    const { uuid } = await walletOf(user)
    await run('UPDATE transactions SET balance_kobo = 1 WHERE wallet_uuid = ?', uuid)
    await run("UPDATE call_sessions SET uuid = uuid || 'x' WHERE wallet_uuid = ?", uuid)
    expect(news(await audit())).toMatchObject([
      { kind: 'copy_differs', subject: uuid, repaired: false },
    ])
    expect(news(await audit(true))).toMatchObject([
      { kind: 'copy_differs', subject: uuid, repaired: true },
    ])
    await copy(user)
    expect(news(await audit())).toEqual([])
  })

  it('finds money that Monnify received but no wallet has, and credits it once', async () => {
    const user = await newUser(world.send)
    const { uuid, reference } = await pay(user, 300)
    world.gateway.says(reference, 'PAID', 300)
    expect(news(await audit())).toMatchObject([
      { kind: 'paid_not_credited', subject: uuid, repaired: false },
    ])
    expect((await walletOf(user)).balance).toBe(0)
    expect(news(await audit(true))).toMatchObject([{ kind: 'paid_not_credited', repaired: true }])
    expect(news(await audit(true))).toEqual([])
    expect((await walletOf(user)).balance).toBe(300)
  })

  it('lists a credit that Monnify does not know, and does not move the money', async () => {
    const { user, payment } = await paidUser(400)
    world.gateway.says(payment.reference, 'PAID', 150)
    for (const repair of [true, false])
      expect(news(await audit(repair))).toMatchObject([
        { kind: 'credited_not_paid', subject: payment.uuid, repaired: false },
      ])
    expect((await walletOf(user)).balance).toBe(399)
  })

  it('finds a payment with a wrong amount, and corrects it', async () => {
    const { payment } = await paidUser(400)
    await run(
      'UPDATE payments SET amount_paid_kobo = 1, standing_seq = 0 WHERE uuid = ?',
      payment.uuid,
    )
    expect(news(await audit(true))).toMatchObject([
      { kind: 'payment_marks_differ', subject: payment.uuid, repaired: true },
    ])
    expect(news(await audit())).toEqual([])
  })

  it('lists a reference that two payments share, and a credit without a payment', async () => {
    const [first, second] = [await paidUser(100), await paidUser(100)]
    await run(
      "UPDATE payments SET monnify_reference = 'MNFY|shared' WHERE uuid IN (?, ?)",
      first.payment.uuid,
      second.payment.uuid,
    )
    await run('DELETE FROM payments WHERE uuid = ?', (await paidUser(100)).payment.uuid)
    expect(
      news(await audit(true))
        .map(({ kind }) => kind)
        .toSorted(),
    ).toEqual(['credit_without_payment', 'shared_reference'])
  })

  it.each([
    [
      'an entry',
      'UPDATE entries SET amount_kobo = amount_kobo + 1 WHERE seq = 1',
      'entry 1 does not follow',
    ],
    [
      'a balance',
      'UPDATE entries SET balance_kobo = balance_kobo + 1 WHERE seq = 1',
      'entry 1 does not follow',
    ],
    [
      'the last entry',
      'DELETE FROM entries WHERE seq = (SELECT MAX(seq) FROM entries)',
      'the ledger ends at entry 2',
    ],
    [
      "the wallet's balance",
      'UPDATE wallet SET posted_kobo = posted_kobo + 1',
      "the ledger's balance is",
    ],
    [
      'a charge',
      'UPDATE calls SET charge_kobo = 200',
      'was charged 200 kobo, but the ledger has 100',
    ],
    ['a call', 'DELETE FROM calls WHERE charge_kobo > 0', 'was charged but does not exist'],
    [
      "a call's time",
      'UPDATE calls SET ended_at_ms = ended_at_ms + 600000 WHERE charge_kobo > 0',
      'which is not its price',
    ],
  ])('lists a wallet after a change of %s', async (what, statement, detail) => {
    const { user } = await paidUser(500)
    await runInDurableObject(walletObject(user), (wallet, { storage }) => {
      const caller = { userUuid: user.uuid, sessionUuid: 's', tokenVersion: 0 }
      if (what !== 'a charge') {
        const rate = {
          id: 'r',
          version: 1,
          koboPerMinute: 1000,
          unitKobo: 100,
          minimumSeconds: 60,
          incrementSeconds: 1,
          setupKobo: 0,
        }
        const call = {
          uuid: 'c',
          recipientPhone: '+2348031234567',
          recipientName: null,
          type: 'audio',
          ticket: 't',
          rate,
        } as never
        const limits = {
          maxOpenCalls: 5,
          ringTimeoutMs: 60_000,
          maxDurationMs: 60_000,
          starts: { kind: 'quota', name: 'c', quota: 9, windowMs: 1 },
        } as const
        wallet.initiateCall(caller, { call, limits, idempotency: undefined })
        wallet.answerCall(caller, 'c', limits)
        wallet.endCall(caller, 'c', 'hangup')
      }
      storage.sql.exec('DROP TRIGGER entries_keep; DROP TRIGGER entries_stay')
      storage.sql.exec(statement)
    })
    const found = news(await audit(true)).filter(({ kind }) => kind === 'ledger_fault')
    expect(found.map((finding) => finding.detail).join()).toContain(detail)
    expect(found.every(({ repaired }) => !repaired)).toBe(true)
  })

  it('checks every entry of a long ledger', async () => {
    const user = await newUser(world.send)
    await topUps(user, 1203)
    const uuid = (await walletOf(user)).uuid
    const audited = await runInDurableObject(walletObject(user), (wallet) => wallet.audit())
    expect(audited).toMatchObject({ uuid, entries: 1203, postedKobo: 120_300, faults: [] })
  })
})

describe('the audit endpoint', () => {
  it('requires an operator, and an admin to repair', async () => {
    const user = await newUser()
    for (const token of [user.token, '', 'x'])
      expect((await ask('', (method, path) => world.send(method, path, { token }))).status).toBe(
        401,
      )
    const viewer = operatorSender(world.send, 'viewer')
    expect((await ask('', viewer)).status).toBe(200)
    expect((await ask('&repair=true', viewer)).status).toBe(403)
    const read = linesOf('audit_read')
    await ask()
    await ask('&repair=true')
    expect(read()).toMatchObject([
      { kind: 'read', users: expect.any(Number) },
      { kind: 'repair', users: expect.any(Number) },
    ])
    vi.restoreAllMocks()
    const { body: document } = await world.send('GET', '/openapi.json')
    expect(Object.keys(document.paths).join()).not.toContain('operator')
  })

  it.each([
    'limit=0',
    'limit=101',
    'after=x',
    'repair=perhaps',
    'since=yesterday',
    'since=2026-02-30T00:00:00Z',
  ])('rejects %s', async (query) => {
    expect((await asOperator('POST', `/operator/audit?${query}`)).status).toBe(400)
  })

  it('covers the same number of users in pages of two as in one page', async () => {
    for (let count = 0; count < 3; count++) await newUser()
    const seen: number[] = []
    for (let after: string | null = ''; after !== null;) {
      const { body } = await asOperator('POST', `/operator/audit?limit=2&after=${after}`)
      seen.push(body.users)
      after = body.next
    }
    const { body } = await ask()
    expect(seen.reduce((sum, users) => sum + users, 0)).toBe(body.users)
  })
})
