/**
 * Scenarios of a simulated payment. Each has a name, an ending by the customer, a fault of the webhook and a
 * fault of the status query. Pure.
 */
export const ENDINGS = ['pay', 'pay_part', 'pay_too_much', 'decline', 'abandon'] as const
export type Ending = (typeof ENDINGS)[number]

export const WEBHOOK_FAULTS = [
  'none',
  'duplicate',
  'late',
  'reordered',
  'dropped',
  'unsigned',
  'wrongly_signed',
  'altered',
] as const
export type WebhookFault = (typeof WEBHOOK_FAULTS)[number]

export const STATUS_FAULTS = ['none', 'slow', 'error_500', 'text_502', 'contradictory'] as const
export type StatusFault = (typeof STATUS_FAULTS)[number]

export interface Faults {
  readonly webhook: WebhookFault
  readonly status: StatusFault
}

export const NO_FAULTS: Faults = { webhook: 'none', status: 'none' }

/** Ways to pay, as the checkout page names them. */
export const WAYS = ['transfer', 'card', 'ussd'] as const
export type Way = (typeof WAYS)[number]

/** Monnify's name of a way to pay. Only transfers can be refunded. */
export const METHOD_OF = { transfer: 'ACCOUNT_TRANSFER', card: 'CARD', ussd: 'USSD' } as const
export type TransactionMethod = (typeof METHOD_OF)[Way]

/**
 * Faults of a refund that the service orders. With a code, `timeout` and `error_500`, Monnify does not have the order;
 * with the others, it does.
 */
export const REFUND_FAULTS = [
  'none',
  'R5',
  'R6',
  'R10',
  'R11',
  'M01',
  'M02',
  '99',
  'timeout',
  'error_500',
  'timeout_landed',
  'error_500_landed',
  'pending',
  'failed',
  'failed_after_completed',
] as const
export type RefundFault = (typeof REFUND_FAULTS)[number]

export interface RefundSetting {
  readonly fault: RefundFault
  /** Number of queries during which a refund with the fault `pending` is pending. */
  readonly queries: number
}

export const NO_REFUND_FAULT: RefundSetting = { fault: 'none', queries: 3 }

/** Faults of a customer's lines in settlements: left out, listed twice, with a foreign line, with half the amount. */
export const SETTLEMENT_FAULTS = ['none', 'missing', 'doubled', 'foreign', 'short'] as const
export type SettlementFault = (typeof SETTLEMENT_FAULTS)[number]

export interface SettlementSetting {
  readonly fault: SettlementFault
}

export const NO_SETTLEMENT_FAULT: SettlementSetting = { fault: 'none' }

export interface Scenario extends Faults {
  readonly ending: Ending
}

const scenario = (ending: Ending, faults: Partial<Faults> = {}): Scenario => ({
  ending,
  ...NO_FAULTS,
  ...faults,
})

export const SCENARIOS = {
  paid: scenario('pay'),
  paid_in_part: scenario('pay_part'),
  overpaid: scenario('pay_too_much'),
  declined: scenario('decline'),
  abandoned: scenario('abandon'),
  webhook_duplicate: scenario('pay', { webhook: 'duplicate' }),
  webhook_late: scenario('pay', { webhook: 'late' }),
  webhook_reordered: scenario('pay', { webhook: 'reordered' }),
  webhook_dropped: scenario('pay', { webhook: 'dropped' }),
  webhook_unsigned: scenario('pay', { webhook: 'unsigned' }),
  webhook_wrongly_signed: scenario('pay', { webhook: 'wrongly_signed' }),
  webhook_altered: scenario('pay', { webhook: 'altered' }),
  status_slow: scenario('pay', { status: 'slow' }),
  status_500: scenario('pay', { status: 'error_500' }),
  status_502: scenario('pay', { status: 'text_502' }),
  status_contradictory: scenario('pay', { status: 'contradictory' }),
} as const satisfies Record<string, Scenario>

export type TransactionStatus =
  | 'PENDING'
  | 'PARTIALLY_PAID'
  | 'PAID'
  | 'OVERPAID'
  | 'FAILED'
  | 'ABANDONED'
  | 'EXPIRED'
  | 'REVERSED'

/** Monnify keeps a checkout open for 40 minutes. */
export const CHECKOUT_MS = 40 * 60 * 1000

export const isPayable = (status: TransactionStatus): boolean =>
  status === 'PENDING' || status === 'PARTIALLY_PAID'

export interface Amounts {
  readonly amountKobo: number
  readonly paidKobo: number
  readonly status: TransactionStatus
}

type After = Pick<Amounts, 'status' | 'paidKobo'>

/** A part is half the amount, and too much is a quarter more. Abandoning keeps money that was received. */
const AFTER: Readonly<Record<Ending, (amounts: Amounts) => After>> = {
  pay: ({ amountKobo }) => ({ status: 'PAID', paidKobo: amountKobo }),
  pay_part: ({ amountKobo }) => ({ status: 'PARTIALLY_PAID', paidKobo: Math.ceil(amountKobo / 2) }),
  pay_too_much: ({ amountKobo }) => ({
    status: 'OVERPAID',
    paidKobo: amountKobo + Math.ceil(amountKobo / 4),
  }),
  decline: ({ paidKobo, status }) => ({ status: paidKobo > 0 ? status : 'FAILED', paidKobo }),
  abandon: ({ paidKobo, status }) => ({ status: paidKobo > 0 ? status : 'ABANDONED', paidKobo }),
}

/** Result of an ending; `undefined` if the transaction can no longer be paid. */
export const afterEnding = (amounts: Amounts, ending: Ending): After | undefined =>
  isPayable(amounts.status) ? AFTER[ending](amounts) : undefined

const FAULTY_ASKS = 2

/** Fault of a status query: only the first queries have one. */
export const faultOfAsk = (fault: StatusFault, asked: number): StatusFault =>
  asked < FAULTY_ASKS ? fault : 'none'
