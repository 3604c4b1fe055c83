import { env } from 'cloudflare:workers'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { kobo } from '../../../src/common/money'
import { ok } from '../../../src/common/result'
import type { Deps } from '../../../src/deps'
import type { Role } from '../../../src/operators/access/permissions'
import { brokenAt, EMPTY_HEAD } from '../../../src/operators/log/chain'
import { sweepProposals } from '../../../src/operators/proposals/execute'
import { PROPOSAL_LIFETIME_MS } from '../../../src/operators/proposals/proposal'
import type { RefundGateway } from '../../../src/payments/monnify/refunds'
import { atOnce, newUser, statuses, type TestUser, walletOf } from '../../support/client'
import { pass, useClock } from '../../support/clock'
import { actionsOf } from '../../support/customers'
import { worldWith } from '../../support/gateway'
import { newOperator, type TestOperator } from '../../support/operators'

useClock()

/** Accepts every refund, and does not decide it. */
const refundGateway: RefundGateway = {
  orderRefund: async () => ({ kind: 'accepted' }),
  queryRefund: async () => ok(undefined),
  listRefunds: async () => ok([]),
}
const NO_LIMITS = {
  windowMs: 0,
  userDayKobo: kobo(1),
  operatorDayKobo: kobo(Number.MAX_SAFE_INTEGER),
}
const open = (replaced: Partial<Deps> = {}) =>
  worldWith({
    refundGateway,
    refundLimits: NO_LIMITS,
    approvalAboveKobo: kobo(5000_00),
    ...replaced,
  })
const world = open()

let maker: TestOperator
let checker: TestOperator
let user: TestUser

beforeAll(async () => {
  user = await newUser(world.send)
})
beforeEach(async () => {
  maker = await newOperator('support', world.send)
  checker = await newOperator('finance', world.send)
  user = await newUser(world.send)
})

const goodwill = (amount: number, rest: object = {}) => ({
  kind: 'goodwill',
  user: user.uuid,
  amount,
  reason: 'No audio in the call',
  ...rest,
})

const propose = (body: object, by = maker, key: string = crypto.randomUUID()) =>
  by.send('POST', '/operator/proposals', { body, headers: { 'Idempotency-Key': key } })

const approve = (proposal: { uuid: string; hash: string }, by = checker) =>
  by.send('POST', `/operator/proposals/${proposal.uuid}/approve`, { body: { hash: proposal.hash } })

const balance = async () => (await walletOf(user)).balance

async function pay(naira: number) {
  const body = { amount: naira, method: 'monnify' }
  const { body: payment } = await user.send('POST', '/payments', { body })
  world.gateway.says(payment.payment_reference, 'PAID', naira)
  await user.send('POST', `/payments/verify/${payment.payment_reference}`)
  return payment
}

const adjustments = async () =>
  (await env.DB.prepare('SELECT uuid FROM adjustments WHERE user_uuid = ?').bind(user.uuid).all())
    .results.length

describe('an amount within the operator’s own limit', () => {
  it('is moved at once, and once for a key', async () => {
    const key = crypto.randomUUID()
    const first = await propose(goodwill(50), maker, key)
    expect(first).toMatchObject({ status: 200, body: { state: 'executed', needs_approval: false } })
    const second = await propose(goodwill(50), maker, key)
    expect(second.body).toMatchObject({ uuid: first.body.uuid, state: 'executed' })
    expect(await balance()).toBe(50)
    expect((await propose(goodwill(51), maker, key)).status).toBe(422)
  })

  it('is moved once by several requests with one key at the same time', async () => {
    const key = crypto.randomUUID()
    const answers = await atOnce(5, () => propose(goodwill(50), maker, key))
    expect(statuses(answers)).toEqual({ 200: 5 })
    expect(await balance()).toBe(50)
  })

  it('requires a key, a reason and a known customer', async () => {
    const missing = await maker.send('POST', '/operator/proposals', { body: goodwill(50) })
    expect(missing).toMatchObject({ status: 400, body: { code: 'validation_failed' } })
    expect((await propose(goodwill(50, { reason: '' }))).status).toBe(400)
    expect((await propose(goodwill(0))).status).toBe(400)
    const stranger = { user: '3f0b8c1e-6f64-4e0a-9b1c-2f4f8f3f7a55' }
    expect((await propose(goodwill(50, stranger))).status).toBe(404)
    expect(await balance()).toBe(0)
  })
})

/** The service, in which an operator gets another role when a request writes its first entry of the log. */
function openWithRole({ uuid }: TestOperator, role: Role) {
  const { actionLog } = world.deps
  return open({
    actionLog: {
      ...actionLog,
      append: async (entry) => {
        await env.DB.prepare('UPDATE operators SET role = ? WHERE uuid = ?').bind(role, uuid).run()
        return actionLog.append(entry)
      },
    },
  })
}

describe('an operator who loses the role during the request', () => {
  it('moves nothing alone', async () => {
    const demoted = openWithRole(maker, 'viewer')
    const { token } = maker
    const headers = { 'Idempotency-Key': crypto.randomUUID() }
    const options = { token, headers, body: goodwill(50) }
    const answer = await demoted.send('POST', '/operator/proposals', options)
    expect(answer).toMatchObject({ status: 202, body: { state: 'pending' } })
    expect(await balance()).toBe(0)
  })
})

describe('amounts above the operator’s own limit of 24 hours', () => {
  it('wait for a second operator, also in parts', async () => {
    expect((await propose(goodwill(3000))).status).toBe(200)
    expect((await propose(goodwill(2000))).status).toBe(200)
    expect((await propose(goodwill(1))).status).toBe(202)
    expect(await balance()).toBe(5000)
    pass(PROPOSAL_LIFETIME_MS + 1)
    maker = { ...maker, ...(await sessionAgain(maker)) }
    expect((await propose(goodwill(1))).status).toBe(200)
  })

  it('at the same time do not exceed it together', async () => {
    const answers = await atOnce(6, () => propose(goodwill(2000)))
    expect(statuses(answers)).toEqual({ 200: 2, 202: 4 })
    expect(await balance()).toBe(4000)
  })

  it('are previewed with figures', async () => {
    const preview = await maker.send('POST', '/operator/proposals/preview', {
      body: goodwill(6000),
    })
    expect(preview.body).toMatchObject({ needs_approval: true, own_left: 5000 })
    expect(preview.body.figures).toContainEqual([
      'Balance that can be spent',
      '0.00 NGN → 6000.00 NGN',
    ])
    expect(await balance()).toBe(0)
  })
})

/** A new session of the operator, because the first one ended after a day. */
async function sessionAgain({ uuid, token }: TestOperator): Promise<object> {
  await env.DB.prepare(
    'UPDATE operator_sessions SET expires_at_ms = ?1, last_used_at_ms = ?1 - 43200000 WHERE operator_uuid = ?2',
  )
    .bind(Date.now() + 43_200_000, uuid)
    .run()
  return { token }
}

describe('an approval', () => {
  it('moves the amount', async () => {
    const { body: proposal } = await propose(goodwill(6000))
    expect(proposal).toMatchObject({ state: 'pending', is_own: true })
    const approved = await approve(proposal)
    expect(approved).toMatchObject({ status: 200, body: { state: 'executed' } })
    expect(await balance()).toBe(6000)
  })

  it('of one’s own proposal is refused by the route', async () => {
    const finance = await newOperator('finance', world.send)
    const { body: proposal } = await propose(goodwill(6000), finance)
    expect(await approve(proposal, finance)).toMatchObject({
      status: 403,
      body: { code: 'second_operator_required' },
    })
    expect(await balance()).toBe(0)
    const entries = await actionsOf(finance.uuid)
    expect(entries.at(-1)).toMatchObject({ action: 'proposal_approved', outcome: 'refused' })
  })

  it.each([
    ['of a maker who was disabled', 'UPDATE operators SET disabled_at_ms = 1'],
    ['of a maker who is now a viewer', "UPDATE operators SET role = 'viewer'"],
  ])('%s is refused', async (_, statement) => {
    const { body: proposal } = await propose(goodwill(6000))
    await env.DB.prepare(`${statement} WHERE uuid = ?`).bind(maker.uuid).run()
    expect(await approve(proposal)).toMatchObject({
      status: 409,
      body: { code: 'proposal_state_conflict' },
    })
    expect(await balance()).toBe(0)
  })

  it('by an operator who loses the role in the same moment is refused', async () => {
    const { body: proposal } = await propose(goodwill(6000))
    const demoted = openWithRole(checker, 'support')
    const path = `/operator/proposals/${proposal.uuid}/approve`
    const { token } = checker
    const answer = await demoted.send('POST', path, { token, body: { hash: proposal.hash } })
    expect(answer.status).toBe(409)
    expect(await balance()).toBe(0)
  })

  it.each([
    ["UPDATE proposals SET state = 'approved', checker = maker", 'proposals_two_operators'],
    ["UPDATE proposals SET state = 'approved'", 'proposals_approved'],
    ["UPDATE proposals SET state = 'executed', checker = 'x'", 'decided once'],
    ["UPDATE proposals SET maker = 'another'", 'never changes'],
    ['UPDATE proposals SET amount_kobo = 1', 'never changes'],
    ["UPDATE proposals SET body = '{}'", 'never changes'],
    ["UPDATE proposals SET destination = '{}'", 'only be removed'],
    ['DELETE FROM proposals', 'kept'],
  ])('is protected by the database: %s', async (statement, message) => {
    const { body: proposal } = await propose(goodwill(6000))
    const change = env.DB.prepare(`${statement} WHERE uuid = ?`).bind(proposal.uuid)
    await expect(change.run()).rejects.toThrow(message)
    expect(await balance()).toBe(0)
  })

  it('by two operators at once moves the amount once', async () => {
    const { body: proposal } = await propose(goodwill(6000))
    const second = await newOperator('admin', world.send)
    const answers = await Promise.all([
      approve(proposal),
      approve(proposal, second),
      approve(proposal),
    ])
    expect(statuses(answers)).toEqual({ 200: 1, 409: 2 })
    expect(await balance()).toBe(6000)
    expect(await adjustments()).toBe(1)
  })

  it('names the hash of what was shown', async () => {
    const { body: proposal } = await propose(goodwill(6000))
    const other = await approve({ uuid: proposal.uuid, hash: 'b'.repeat(64) })
    expect(other).toMatchObject({ status: 409, body: { code: 'proposal_state_conflict' } })
    expect(await balance()).toBe(0)
  })

  it('comes too late after 24 hours, and the maker can then withdraw', async () => {
    const { body: proposal } = await propose(goodwill(6000))
    pass(PROPOSAL_LIFETIME_MS)
    await sessionAgain(maker)
    await sessionAgain(checker)
    expect((await approve(proposal)).status).toBe(409)
    const shown = await maker.send('GET', `/operator/proposals/${proposal.uuid}`)
    expect(shown.body.state).toBe('expired')
    const path = `/operator/proposals/${proposal.uuid}/withdraw`
    expect((await checker.send('POST', path)).status).toBe(404)
    expect((await maker.send('POST', path)).body.state).toBe('withdrawn')
  })

  it('that begins in time but is recorded too late is refused', async () => {
    const { body: proposal } = await propose(goodwill(6000))
    pass(PROPOSAL_LIFETIME_MS - 1)
    await sessionAgain(checker)
    const { actionLog } = world.deps
    const slow = open({
      actionLog: {
        ...actionLog,
        append: async (entry) => {
          pass(1)
          return actionLog.append(entry)
        },
      },
    })
    const path = `/operator/proposals/${proposal.uuid}/approve`
    const { token } = checker
    const answer = await slow.send('POST', path, { token, body: { hash: proposal.hash } })
    expect(answer.status).toBe(409)
    expect(await adjustments()).toBe(0)
  })

  it('comes too late after a rejection', async () => {
    const { body: proposal } = await propose(goodwill(6000))
    const { uuid, hash } = proposal
    const body = { hash, reason: 'No call on that day' }
    const rejected = await checker.send('POST', `/operator/proposals/${uuid}/reject`, { body })
    expect(rejected.body).toMatchObject({ state: 'rejected', decision_reason: body.reason })
    expect((await approve(proposal)).status).toBe(409)
    expect(await balance()).toBe(0)
  })
})

describe('a service that is killed between the approval and the posting', () => {
  const kinds = [
    [
      'before the wallet',
      (deps: Deps): Partial<Deps> => ({
        wallets: { ...deps.wallets, send: () => Promise.reject(new Error('killed')) },
      }),
    ],
    [
      'after the wallet',
      (deps: Deps): Partial<Deps> => ({
        adjustmentStore: {
          ...deps.adjustmentStore,
          markPosted: () => Promise.reject(new Error('killed')),
        },
      }),
    ],
    [
      'after the adjustment',
      (deps: Deps): Partial<Deps> => ({
        proposalStore: { ...deps.proposalStore, end: () => Promise.reject(new Error('killed')) },
      }),
    ],
  ] as const

  it.each(kinds)('%s moves the amount once', async (_, broken) => {
    const { body: proposal } = await propose(goodwill(6000))
    const killed = open(broken(world.deps))
    const path = `/operator/proposals/${proposal.uuid}/approve`
    const { token } = checker
    const body = { hash: proposal.hash }
    expect((await killed.send('POST', path, { token, body })).status).toBe(500)
    await sweepProposals(world.deps)
    expect((await maker.send('GET', `/operator/proposals/${proposal.uuid}`)).body.state).toBe(
      'approved',
    )
    pass(120_000)
    await Promise.all([sweepProposals(world.deps), sweepProposals(world.deps)])
    expect((await maker.send('GET', `/operator/proposals/${proposal.uuid}`)).body.state).toBe(
      'executed',
    )
    expect(await balance()).toBe(6000)
    expect(await adjustments()).toBe(1)
  })

  it('each time is left to an operator after twelve tries', async () => {
    const { body: proposal } = await propose(goodwill(6000))
    const killed = open(kinds[2][1](world.deps))
    await killed.send('POST', `/operator/proposals/${proposal.uuid}/approve`, {
      token: checker.token,
      body: { hash: proposal.hash },
    })
    for (let times = 0; times < 15; times++) {
      pass(3_600_000)
      await sweepProposals(killed.deps)
    }
    const known = await world.deps.exceptionStore.about([proposal.uuid])
    expect(known.rows).toMatchObject([
      { kind: 'proposal_unfinished', amountKobo: 6000_00, count: 1 },
    ])
    await sessionAgain(checker)
    const path = `/operator/proposals/${proposal.uuid}/execute`
    expect((await checker.send('POST', path)).body.state).toBe('executed')
    expect(await adjustments()).toBe(1)
  })
})

describe('a refund', () => {
  const refund = (payment: { payment_reference: string }, amount: number, rest: object = {}) => ({
    kind: 'refund',
    payment: payment.payment_reference,
    amount,
    reason: 'Paid twice',
    ...rest,
  })

  it('of a payment is paid once, and not above what was paid', async () => {
    const payment = await pay(1000)
    expect((await propose(refund(payment, 600))).body).toMatchObject({ state: 'executed' })
    expect(await propose(refund(payment, 600))).toMatchObject({
      status: 400,
      body: { code: 'refund_exceeds_payment' },
    })
    expect(await balance()).toBe(400)
  })

  it('is tried again when the gateway can be reached', async () => {
    const payment = await pay(6000)
    const { body: proposal } = await propose(refund(payment, 6000))
    world.gateway.isDown = true
    expect((await approve(proposal)).body.state).toBe('approved')
    world.gateway.isDown = false
    pass(120_000)
    await sweepProposals(world.deps)
    expect(await balance()).toBe(0)
  })

  it('stores the bank account until the decision only', async () => {
    const payment = await pay(6000)
    const destination = { account_number: '0123456789', bank_code: '058' }
    const body = refund(payment, 6000, { method: 'manual', destination })
    const { body: proposal } = await propose(body)
    const stored = () =>
      env.DB.prepare('SELECT destination FROM proposals WHERE uuid = ?')
        .bind(proposal.uuid)
        .first('destination')
    expect(await stored()).toContain('0123456789')
    expect(JSON.stringify(proposal)).not.toContain('0123456789')
    await approve(proposal)
    expect(await stored()).toBeNull()
  })

  it('that is not decided in time loses its bank account', async () => {
    const payment = await pay(6000)
    const destination = { account_number: '0123456789', bank_code: '058' }
    const body = refund(payment, 6000, { method: 'manual', destination })
    const { body: proposal } = await propose(body)
    const stored = () =>
      env.DB.prepare('SELECT destination FROM proposals WHERE uuid = ?')
        .bind(proposal.uuid)
        .first('destination')
    pass(PROPOSAL_LIFETIME_MS - 1)
    await sweepProposals(world.deps)
    expect(await stored()).toContain('0123456789')
    pass(1)
    await sweepProposals(world.deps)
    expect(await stored()).toBeNull()
  })
})

describe('a correction', () => {
  const correction = (direction: string, amount: number) => ({
    ...goodwill(amount),
    kind: 'correction',
    direction,
  })

  it('credits and debits, and never below zero', async () => {
    expect((await propose(correction('credit', 30))).body.state).toBe('executed')
    expect((await propose(correction('debit', 10))).body.state).toBe('executed')
    expect(await balance()).toBe(20)
    expect(await propose(correction('debit', 20.01))).toMatchObject({
      status: 400,
      body: { code: 'insufficient_funds' },
    })
    expect(await balance()).toBe(20)
  })

  it('that the wallet refuses after the approval is refused', async () => {
    await propose(goodwill(5000))
    const other = await newOperator('support', world.send)
    await propose(goodwill(1000), other)
    const { body: proposal } = await propose(correction('debit', 6000), other)
    expect(proposal.state).toBe('pending')
    await propose(correction('debit', 1), other)
    expect((await approve(proposal)).body).toMatchObject({
      state: 'refused',
      outcome: 'insufficient_funds',
    })
    expect(await balance()).toBe(5999)
  })
})

describe('an operator who is also a customer', () => {
  it('can neither propose nor approve for the own account', async () => {
    const set = (operator: TestOperator) =>
      env.DB.prepare('UPDATE operators SET email = ?1, email_key = ?1 WHERE uuid = ?2')
        .bind(user.email, operator.uuid)
        .run()
    const { body: proposal } = await propose(goodwill(6000))
    await set(checker)
    expect(await approve(proposal)).toMatchObject({ status: 403, body: { code: 'own_account' } })
    await env.DB.prepare('UPDATE operators SET email_key = uuid WHERE uuid = ?')
      .bind(checker.uuid)
      .run()
    await set(maker)
    expect(await propose(goodwill(1))).toMatchObject({ status: 403, body: { code: 'own_account' } })
    expect((await actionsOf(maker.uuid)).at(-1)).toMatchObject({
      action: 'goodwill_proposed',
      outcome: 'refused',
    })
    await env.DB.prepare('UPDATE operators SET email_key = ? WHERE uuid = ?')
      .bind(user.email.replace('@', '+desk@'), maker.uuid)
      .run()
    expect(await propose(goodwill(1))).toMatchObject({ status: 403, body: { code: 'own_account' } })
    expect(await balance()).toBe(0)
  })
})

describe('a manual refund', () => {
  const manualRefund = async (amount: number) => {
    const payment = await pay(amount)
    return propose({
      kind: 'refund',
      payment: payment.payment_reference,
      amount,
      reason: 'Paid twice',
      method: 'manual',
      destination: { account_number: '0123456789', bank_code: '058' },
    })
  }
  const decideFailed = (refund: string, by: TestOperator) =>
    by.send('POST', `/operator/refunds/${refund}/decision`, {
      body: { outcome: 'failed', evidence: 'Account closed' },
    })

  it('of an operator’s own account is not decided by them', async () => {
    const { body } = await manualRefund(1000)
    await env.DB.prepare('UPDATE operators SET email_key = ? WHERE uuid = ?')
      .bind(user.email, checker.uuid)
      .run()
    expect(await decideFailed(body.outcome, checker)).toMatchObject({
      status: 403,
      body: { code: 'own_account' },
    })
    expect(await balance()).toBe(0)
  })

  it('that needed an approval is not decided by its maker', async () => {
    maker = await newOperator('finance', world.send)
    const { body: proposal } = await manualRefund(9000)
    const { body } = await approve(proposal)
    expect(await decideFailed(body.outcome, maker)).toMatchObject({
      status: 403,
      body: { code: 'second_operator_required' },
    })
    expect(await balance()).toBe(0)
    expect((await decideFailed(body.outcome, checker)).status).toBe(200)
    expect(await balance()).toBe(9000)
  })
})

describe('the log of actions', () => {
  it('has each read of a proposal, and each preview', async () => {
    const { body: proposal } = await propose(goodwill(6000))
    const reader = await newOperator('support', world.send)
    const body = goodwill(6000)
    await reader.send('POST', '/operator/proposals/preview', { body })
    await reader.send('GET', `/operator/proposals/${proposal.uuid}`)
    await reader.send('GET', `/operator/proposals?customer=${user.uuid}`)
    await reader.send('GET', '/operator/proposals')
    expect(await actionsOf(reader.uuid)).toMatchObject([
      { action: 'proposal_previewed', outcome: 'read', subject: user.uuid },
      { action: 'proposal_read', outcome: 'read', subject: user.uuid },
      { action: 'proposals_read', outcome: 'read', subject: user.uuid },
      { action: 'proposals_read', outcome: 'read', subject: null },
    ])
  })

  it('has each step, and stays one chain', async () => {
    const { body: proposal } = await propose(goodwill(6000))
    await approve(proposal)
    const entries = await world.deps.actionLog.list({ subject: user.uuid, limit: 10 })
    expect(entries.map(({ action, outcome }) => `${action} ${outcome}`)).toEqual([
      'proposal_approved done',
      'proposal_approved started',
      'goodwill_proposed done',
      'goodwill_proposed started',
    ])
    expect(entries[1]).toMatchObject({ operatorUuid: checker.uuid })
    expect(JSON.parse(entries[0]?.after ?? '')).toMatchObject({ state: 'executed' })
    expect(brokenAt(EMPTY_HEAD, await world.deps.actionLog.after(0, 1000))).toBeUndefined()
  })
})
