import { env } from 'cloudflare:workers'
import { beforeEach, describe, expect, it } from 'vitest'
import { kobo } from '../../../src/common/money'
import { recordSettlement } from '../../../src/operators/finance/settlements/service'
import { pass, useClock } from '../../support/clock'
import { sendEvent } from '../../support/gateway'
import { send } from '../../support/client'
import { newOperator } from '../../support/operators'
import {
  cronDeps,
  paidUser,
  project,
  reconcile,
  settle,
  simulator,
} from '../../support/settlements'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

useClock()

/** Each test begins without settlements, and with nothing that awaits one. */
beforeEach(async () => {
  await simulator('POST', '/settlements')
  const tables = ['settlements', 'settlement_lines', 'settlement_progress', 'exceptions']
  await env.DB.batch([
    ...tables.map((table) => env.DB.prepare(`DELETE FROM ${table}`)),
    env.DB.prepare('UPDATE payments SET completed_at_ms = NULL'),
  ])
})

interface Listed {
  readonly kind: string
  readonly subject: string
  readonly amount: number | null
  readonly count: number
  readonly state: string
}

async function exceptionsIn(state = 'open'): Promise<Listed[]> {
  const operator = await newOperator('viewer')
  const { body } = await operator.send('GET', `/operator/exceptions?state=${state}`)
  return body.exceptions
}

async function detailOf(reference: string) {
  const operator = await newOperator('finance')
  return (await operator.send('GET', `/operator/finance/settlements/${reference}`)).body
}

const nameOf = ({ kind, subject, count }: Listed) => [kind, subject, count]

const bodyOf = async (reference: string): Promise<string> => {
  const select = 'SELECT body FROM webhook_events WHERE payment_reference = ?'
  const row = await env.DB.prepare(select).bind(reference).first<{ body: string }>()
  return row?.body ?? ''
}

describe('a settlement', () => {
  it('matches its lines with payments and entries', async () => {
    const [one, other] = [await paidUser(1000), await paidUser(250)]
    const reference = await settle()
    const detail = await detailOf(reference)
    expect(detail).toMatchObject({
      state: 'matched',
      amount: 1231.25,
      destination: 'Example Bank •••• 2223',
      lines: 2,
      paid: 1250,
      settled: 1231.25,
      fees: 18.75,
      outcomes: { matched: 2, open: 0, foreign: 0, doubled: 0, short: 0 },
      items: [
        { line: 1, payment_reference: one.reference, payment: one.payment, outcome: 'matched' },
        { line: 2, payment_reference: other.reference, amount_paid: 250, fee: 3.75 },
      ],
      next_line: null,
    })
    expect(await exceptionsIn()).toEqual([])
  })

  it('with a missing, a doubled, a foreign and a short line has exactly these four findings', async () => {
    const right = await paidUser(700)
    const missing = await paidUser(100, 'missing')
    const doubled = await paidUser(200, 'doubled')
    const foreign = await paidUser(300, 'foreign')
    const short = await paidUser(400, 'short')
    const reference = await settle()
    await settle().catch(() => undefined)
    const { items } = await detailOf(reference)
    const theirs = items.find(({ outcome }: { outcome: string }) => outcome === 'foreign')
    for (let hours = 0; hours < 5 * 24; hours += 12) {
      pass(12 * HOUR_MS)
      await reconcile()
      await reconcile()
    }
    expect((await exceptionsIn()).map(nameOf)).toEqual(
      expect.arrayContaining([
        ['settled_short', short.transaction, 1],
        ['settled_twice', doubled.transaction, 1],
        ['unknown_settlement', theirs.transaction_reference, 1],
        ['unsettled_payment', missing.reference, 1],
      ]),
    )
    expect(await exceptionsIn()).toHaveLength(4)
    expect(await detailOf(reference)).toMatchObject({
      state: 'differs',
      lines: 6,
      outcomes: { matched: 3, foreign: 1, doubled: 1, short: 1, open: 0 },
    })
    expect(items[0]).toMatchObject({ payment: right.payment, outcome: 'matched' })
    expect(theirs.payment_reference).not.toBe(foreign.reference)
  })

  it('that arrives twice changes nothing, and with other content it is an exception', async () => {
    await paidUser()
    const reference = await settle()
    const body = await bodyOf(reference)
    const before = await detailOf(reference)
    expect((await sendEvent(send, body)).status).toBe(200)
    expect(await detailOf(reference)).toEqual(before)
    expect(await exceptionsIn()).toEqual([])
    const event = JSON.parse(body)
    event.eventData.amount = '9.00'
    await sendEvent(send, event)
    expect(await detailOf(reference)).toEqual(before)
    expect((await exceptionsIn()).map(nameOf)).toEqual([['settlement_differs', reference, 1]])
  })

  it('is read from the gateway later if its list is not available yet', async () => {
    const paid = await paidUser()
    const reference = await settle()
    const event = JSON.parse(await bodyOf(reference))
    await env.DB.batch([
      env.DB.prepare('DELETE FROM settlements'),
      env.DB.prepare('DELETE FROM settlement_lines'),
      env.DB.prepare(
        "UPDATE simulator_settlements SET reference = 'later' WHERE reference = ?",
      ).bind(reference),
    ])
    await sendEvent(send, { ...event, again: 1 })
    expect(await detailOf(reference)).toMatchObject({ state: 'received', lines: 0 })
    await env.DB.prepare("UPDATE simulator_settlements SET reference = ? WHERE reference = 'later'")
      .bind(reference)
      .run()
    pass(HOUR_MS)
    await reconcile()
    expect(await detailOf(reference)).toMatchObject({
      state: 'matched',
      items: [{ payment: paid.payment }],
    })
  })

  it('that the gateway never lists becomes an exception, and no event is trusted instead', async () => {
    const paid = await paidUser()
    const transactions = [
      {
        transactionReference: paid.transaction,
        paymentReference: paid.reference,
        amountPaid: '1000.00',
      },
    ]
    const eventData = { settlementReference: 'S-unknown', amount: '985.00', transactions }
    await sendEvent(send, { eventType: 'SETTLEMENT', eventData })
    for (let tries = 0; tries < 20; tries++) {
      pass(7 * HOUR_MS)
      await reconcile()
    }
    expect(await detailOf('S-unknown')).toMatchObject({ state: 'differs', lines: 0, items: [] })
    expect((await exceptionsIn()).map(nameOf)).toContainEqual([
      'settlement_differs',
      'S-unknown',
      1,
    ])
  })

  it('waits an hour for entries that are not projected yet', async () => {
    const paid = await paidUser()
    await env.DB.prepare('DELETE FROM transactions').run()
    const reference = await settle()
    expect(await detailOf(reference)).toMatchObject({ state: 'imported', outcomes: { open: 1 } })
    pass(HOUR_MS + 1)
    await reconcile()
    expect((await exceptionsIn()).map(nameOf)).toEqual([['settled_short', paid.transaction, 1]])
  })

  it('is read by an operator if its event was lost, and resolves the late payment', async () => {
    await settle().catch(() => undefined)
    await paidUser()
    await settle()
    const late = await paidUser(150)
    const reference = await settle()
    for (const table of ['settlements', 'settlement_lines'])
      await env.DB.prepare(
        `DELETE FROM ${table} WHERE ${table === 'settlements' ? 'reference' : 'settlement_reference'} = ?`,
      )
        .bind(reference)
        .run()
    pass(5 * DAY_MS)
    await reconcile()
    expect((await exceptionsIn()).map(nameOf)).toEqual([['unsettled_payment', late.reference, 1]])
    const operator = await newOperator('finance')
    const path = `/operator/finance/settlements/${reference}/import`
    const done = await operator.send('POST', path, { body: { reason: 'The event was lost' } })
    expect(done.body).toMatchObject({ state: 'matched', amount: null, lines: 1 })
    expect(await exceptionsIn()).toEqual([])
    expect(await exceptionsIn('resolved')).toMatchObject([{ subject: late.reference }])
    const unknown = await operator.send('POST', path.replace(reference, 'nobody'), {
      body: { reason: 'A mistake' },
    })
    expect(unknown.status).toBe(404)
  })

  it('is compared again, not replaced, and another list is an exception', async () => {
    await paidUser()
    const reference = await settle()
    const before = await detailOf(reference)
    const operator = await newOperator('finance')
    const again = () =>
      operator.send('POST', `/operator/finance/settlements/${reference}/import`, {
        body: { reason: 'A check' },
      })
    expect((await again()).body.state).toBe('matched')
    expect(await exceptionsIn()).toEqual([])
    await env.DB.prepare(
      `UPDATE simulator_settlements SET transactions = replace(transactions, '"amountPaid":"1000.00"', '"amountPaid":"990.00"')`,
    ).run()
    await again()
    expect((await detailOf(reference)).items).toEqual(before.items)
    expect((await exceptionsIn()).map(nameOf)).toEqual([['settlement_differs', reference, 1]])
  })

  it('has more lines than a page, and all are read', async () => {
    const paid = await paidUser()
    const reference = await settle()
    const line = await env.DB.prepare(
      'SELECT transactions FROM simulator_settlements WHERE reference = ?',
    )
      .bind(reference)
      .first<{ transactions: string }>()
    const [first] = JSON.parse(line?.transactions ?? '[]')
    const many = Array.from({ length: 120 }, (_, index) => ({
      ...first,
      transactionReference: `MNFY|${index}`,
      paymentReference: 'x',
    }))
    await env.DB.prepare(
      `INSERT INTO simulator_settlements (reference, transactions) VALUES ('S-many', ?)`,
    )
      .bind(JSON.stringify([first, ...many]))
      .run()
    await recordSettlement(cronDeps(), {
      reference: 'S-many',
      amountKobo: kobo(98_500 * 121),
      destination: null,
      settledAtMs: null,
      transactions: 121,
      digest: 'd',
    })
    const detail = await detailOf('S-many')
    expect(detail).toMatchObject({
      lines: 121,
      next_line: 101,
      outcomes: { foreign: 120, doubled: 1 },
    })
    expect(detail.items).toHaveLength(100)
    expect(detail.items[0]).toMatchObject({ payment: paid.payment, outcome: 'doubled' })
  })
})

describe('a payment without a settlement', () => {
  it('is expected only once a first settlement exists, and counted once', async () => {
    const early = await paidUser(100, 'missing')
    pass(5 * DAY_MS)
    await reconcile()
    expect(await exceptionsIn()).toEqual([])
    await paidUser()
    await settle()
    const missing = await paidUser(100, 'missing')
    await settle()
    pass(2 * DAY_MS - 1)
    await reconcile()
    expect(await exceptionsIn()).toEqual([])
    pass(4 * DAY_MS)
    await reconcile()
    await reconcile()
    const listed = await exceptionsIn()
    expect(listed.map(nameOf)).toEqual([['unsettled_payment', missing.reference, 1]])
    expect(listed[0]?.amount).toBe(100)
    expect(listed[0]?.subject).not.toBe(early.reference)
  })

  it('is no exception if the gateway has refunded it in full, and a refunded line is matched', async () => {
    await paidUser()
    await settle()
    const gone = await paidUser(300, 'missing')
    const partly = await paidUser(400)
    await simulator('POST', `/payments/${gone.reference}/refunds`, { amount: 300 })
    await simulator('POST', `/payments/${partly.reference}/refunds`, { amount: 150 })
    await project(gone.user)
    await project(partly.user)
    const reference = await settle()
    pass(6 * DAY_MS)
    await reconcile()
    expect(await exceptionsIn()).toEqual([])
    expect(await detailOf(reference)).toMatchObject({ state: 'matched', outcomes: { matched: 1 } })
  })
})
