/** The search of Monnify's list for refunds whose events were lost: what it finds, and how much it may cost. */
import { expect, it } from 'vitest'
import { kobo } from '../../src/common/money'
import { ok, refuse } from '../../src/common/result'
import { processEvent } from '../../src/payments/events'
import { findGatewayRefunds } from '../../src/payments/gateway-refunds'
import type { GatewayRefund } from '../../src/payments/monnify/refunds'
import { recordedPayments, transactionOf } from '../support/payments'

const refundOf = (refundReference: string, transactionReference: string): GatewayRefund => ({
  refundReference,
  transactionReference,
  amountKobo: kobo(1),
  status: 'completed',
})

const many = (count: number, prefix: string): GatewayRefund[] =>
  Array.from({ length: count }, (_, index) =>
    refundOf(`${prefix}${index}`, `MNFY|theirs${prefix}${index}`),
  )

/** A service without payments, whose exceptions are remembered. */
function worldOf(refunds: readonly GatewayRefund[]) {
  const recorded = recordedPayments({ says: async () => ok(transactionOf('THEIRS')) })
  const { deps } = recorded
  const subjects = new Set<string>()
  let pages = 0
  return {
    ...recorded,
    pages: () => pages,
    deps: {
      ...deps,
      checkStore: {
        ...deps.checkStore,
        byMonnifyReference: async () => undefined,
        makeChecksDue: async () => [],
      },
      exceptionStore: {
        ...deps.exceptionStore,
        record: async (exception: Parameters<typeof deps.exceptionStore.record>[0]) => {
          subjects.add(exception.subject)
          return deps.exceptionStore.record(exception)
        },
        recorded: async (_: string, named: readonly string[]) =>
          new Set(named.filter((subject) => subjects.has(subject))),
      },
      refundGateway: {
        ...deps.refundGateway,
        listRefunds: async (page: number, size: number) => {
          pages += 1
          return ok(refunds.slice(page * size, (page + 1) * size))
        },
      },
    },
  }
}

it('a refund of the dashboard is found behind a page of ordered refunds', async () => {
  const { deps } = recordedPayments()
  const dashboard = refundOf('TRFD|1', 'MNFY|1')
  const all = [...many(50, 'AILR-'), dashboard]
  const listRefunds = async (page: number, size: number) =>
    ok(all.slice(page * size, (page + 1) * size))
  const refundGateway = { ...deps.refundGateway, listRefunds }
  expect((await findGatewayRefunds({ ...deps, refundGateway }, 10)).size).toBe(1)
})

it('500 refunds of unknown transactions are each queried once, at most 50 in one run', async () => {
  const { deps, named } = worldOf(many(500, 'TRFD|'))
  for (let run = 1; run <= 12; run++) {
    await findGatewayRefunds(deps, 10)
    expect(named('query')).toHaveLength(Math.min(500, run * 50))
    expect(named('exception')).toHaveLength(Math.min(500, run * 50))
  }
})

it('the list is read no further than a page without a new refund', async () => {
  const { deps, pages } = worldOf(many(500, 'TRFD|'))
  for (let run = 0; run < 10; run++) await findGatewayRefunds(deps, 10)
  const before = pages()
  await findGatewayRefunds(deps, 10)
  expect(pages() - before).toBe(1)
})

it('nothing is recorded if a page cannot be read, so that the next run finds the older refunds', async () => {
  const { deps, named } = worldOf(many(100, 'TRFD|'))
  const { listRefunds } = deps.refundGateway
  let isDown = true
  const failing = async (page: number, size: number) =>
    isDown && page === 1 ? refuse({ code: 'gateway_unavailable' }) : listRefunds(page, size)
  const flaky = { ...deps, refundGateway: { ...deps.refundGateway, listRefunds: failing } }
  await findGatewayRefunds(flaky, 10)
  expect(named('exception')).toEqual([])
  isDown = false
  for (let run = 0; run < 2; run++) await findGatewayRefunds(flaky, 10)
  expect(named('exception')).toHaveLength(100)
})

const settlementOf = (count: number) => ({
  eventType: 'SETTLEMENT',
  eventData: {
    settlementReference: 'S1',
    transactions: Array.from({ length: count }, (_, index) => ({
      transactionReference: `MNFY|theirs${index}`,
    })),
  },
})

it('a settlement queries each unknown transaction once, at most 50 for one event', async () => {
  const { deps, named } = worldOf([])
  for (const queries of [50, 70, 70]) {
    expect(await processEvent(deps, settlementOf(70))).toEqual(ok('checks_due'))
    expect(named('query')).toHaveLength(queries)
    expect(named('exception')).toHaveLength(queries)
  }
})

it('a settlement is retried, without an exception, while Monnify cannot be queried', async () => {
  const { deps, named } = worldOf([])
  const query = async () => refuse({ code: 'gateway_unavailable' })
  const down = { ...deps, gateway: { ...deps.gateway, query } }
  expect(await processEvent(down, settlementOf(3))).toMatchObject({
    refusal: { code: 'gateway_unavailable' },
  })
  expect(named('exception')).toEqual([])
})
