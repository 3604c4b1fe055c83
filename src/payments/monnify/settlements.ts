/**
 * Settlements at Monnify: the event that announces one, and the list of its transactions. The event's transactions are
 * never trusted; only the list counts.
 */
import { z } from 'zod'
import type { Kobo } from '../../common/money'
import { ok, type Result } from '../../common/result'
import { amountSchema, type Call, gatewayText, unavailable, unreadable } from './requests'
import { parseGatewayTime } from './time'
import { sha256Hex } from '../../common/sha256'

/** A settlement as its event announces it. */
export interface ReportedSettlement {
  readonly reference: string
  readonly amountKobo: Kobo | null
  /** Bank, and the last four digits of the account. */
  readonly destination: string | null
  /** `null` if the event's time cannot be read. */
  readonly settledAtMs: number | null
  readonly transactions: number
  /** SHA-256 of the content, whatever the order of the transactions. */
  readonly digest: string
}

/** A transaction of a settlement. `netKobo` is the settled amount; null if Monnify does not report it. */
export interface SettledTransaction {
  readonly transactionReference: string
  readonly paymentReference: string
  readonly amountPaidKobo: Kobo
  readonly netKobo: Kobo | null
}

export interface SettlementGateway {
  /**
   * Returns a page of a settlement's transactions; none if Monnify does not know the reference. Refuses
   * `gateway_unavailable` without a usable response, and if one of the transactions cannot be read.
   * @param page from 0
   * @param size at most 50, so that a response stays below the size limit
   */
  listSettled(
    reference: string,
    page: number,
    size: number,
  ): Promise<Result<readonly SettledTransaction[]>>
}

const optional = z.string().max(300).optional().catch(undefined)

const eventSchema = z.object({
  settlementReference: z.string().trim().min(1).max(255),
  amount: amountSchema.nullable().catch(null).default(null),
  settlementTime: optional,
  destinationAccountNumber: optional,
  destinationBankName: optional,
  transactionsCount: z.int().min(0).optional().catch(undefined),
  transactions: z
    .array(
      z
        .object({
          transactionReference: optional,
          paymentReference: optional,
          amountPaid: z.union([z.string(), z.number()]).optional().catch(undefined),
        })
        .catch({}),
    )
    .catch([])
    .default([]),
})

/** Reads the data of a `SETTLEMENT` event. @returns `undefined` without a reference */
export function readSettlement(eventData: unknown): ReportedSettlement | undefined {
  const parsed = eventSchema.safeParse(eventData)
  if (!parsed.success) return undefined
  const event = parsed.data
  return {
    reference: event.settlementReference,
    amountKobo: event.amount,
    destination: destinationOf(event.destinationBankName, event.destinationAccountNumber),
    settledAtMs: parseGatewayTime(event.settlementTime ?? '') ?? null,
    transactions: event.transactionsCount ?? event.transactions.length,
    digest: digestOf(event),
  }
}

function destinationOf(bank: string | undefined, account: string | undefined): string | null {
  const digits = account?.replaceAll(/\D/g, '').slice(-4)
  const parts = [bank?.slice(0, 100), digits && `•••• ${digits}`].filter(Boolean)
  return parts.length === 0 ? null : parts.join(' ')
}

function digestOf({ transactions, ...event }: z.infer<typeof eventSchema>): string {
  const lines = transactions.map(({ transactionReference, paymentReference, amountPaid }) =>
    JSON.stringify([transactionReference, paymentReference, amountPaid]),
  )
  const { amount, settlementTime, destinationAccountNumber, transactionsCount } = event
  const head = [amount, settlementTime, destinationAccountNumber, transactionsCount]
  return sha256Hex(JSON.stringify([head, lines.toSorted()]))
}

const itemSchema = z
  .object({
    transactionReference: gatewayText,
    paymentReference: gatewayText,
    amountPaid: amountSchema,
    settlementAmount: amountSchema.nullable().optional(),
  })
  .transform(({ amountPaid, settlementAmount, ...references }): SettledTransaction => ({
    ...references,
    amountPaidKobo: amountPaid,
    netKobo: settlementAmount ?? null,
  }))

/** Monnify's page object, or an array of its items. */
const pageSchema = z.union([
  z.array(itemSchema),
  z.object({ content: z.array(itemSchema) }).transform(({ content }) => content),
])

const PATH = '/api/v1/transactions/find-by-settlement-reference'

export const createSettlements = (call: Call): SettlementGateway => ({
  async listSettled(reference, page, size) {
    const search = new URLSearchParams({ reference, page: String(page), size: String(size) })
    const called = await call('settlement_list', 'GET', `${PATH}?${search.toString()}`)
    if (!called.ok) return called
    const { status, envelope } = called.value
    if (!envelope || status >= 500) return unavailable('settlement_list', `status ${status}`)
    if (!envelope.requestSuccessful)
      return status === 404 ? ok([]) : unavailable('settlement_list', `status ${status}`)
    const items = pageSchema.safeParse(envelope.responseBody)
    return items.success ? ok(items.data) : unreadable('settlement_list', `status ${status}`)
  },
})
