/** Prints everything about one payment, call, wallet or user, from D1, the wallet and Monnify. */
import { styleText } from 'node:util'
import { askAsOperator } from './operator.ts'
import { formatTable } from './print-table.ts'

export interface LookupOptions {
  readonly url: string
  readonly json?: true
  readonly payment?: string
  readonly call?: string
  readonly wallet?: string
  readonly user?: string
}

type Plain = string | number | null
type Fields = { readonly [field: string]: Plain | Fields | readonly Fields[] }

const { log } = console

/** Scalar fields only, without nested lists and objects. */
const plainOf = (fields: Fields): Record<string, Plain> =>
  Object.fromEntries(
    Object.entries(fields).flatMap(([name, value]) =>
      typeof value === 'object' && value !== null ? [] : [[name, value] as const],
    ),
  )

const showField = (name: string, value: Plain) =>
  log(`  ${styleText('dim', name.padEnd(26))} ${value}`)

function showFields(fields: Fields): void {
  for (const [name, value] of Object.entries(plainOf(fields)))
    if (value !== null) showField(name, value)
}

const extentOf = (shown: number, total: Plain): string => {
  if (shown === 0) return ': none'
  return typeof total === 'number' && total > shown ? `: the newest ${shown} of ${total}` : ''
}

function showList(title: string, rows: readonly Fields[], total: Plain): void {
  log(styleText('cyan', `  ${title}${extentOf(rows.length, total)}`))
  if (rows.length > 0) log(formatTable(rows.map(plainOf), '    '))
}

const heading = (text: string) => log(`\n${styleText('bold', text)}`)

const listOf = (fields: Fields, name: string) => (fields[name] ?? []) as readonly Fields[]

const nameOf = (fields: Fields, name: string): Plain => plainOf(fields)[name] ?? null

function showPayment(payment: Fields): void {
  heading(`Payment ${nameOf(payment, 'payment_reference')}`)
  showFields(payment)
  showList(
    'attempts and their status at Monnify',
    listOf(payment, 'attempts'),
    nameOf(payment, 'attempts_total'),
  )
  showList('refunds', listOf(payment, 'refunds'), null)
  showList(
    'webhooks and their outcomes',
    listOf(payment, 'webhooks'),
    nameOf(payment, 'webhooks_total'),
  )
  showList('exceptions', listOf(payment, 'exceptions'), nameOf(payment, 'exceptions_total'))
}

function showCall(call: Fields): void {
  heading(`Call ${nameOf(call, 'uuid')}`)
  showFields(call)
  const charge = (call['charge'] ?? {}) as Fields
  showField(
    'formula',
    nameOf(charge, 'formula') ?? 'none: the call was not answered or has not ended',
  )
}

function showWallet(wallet: Fields): void {
  heading(`Wallet ${nameOf(wallet, 'uuid')} (${nameOf(wallet, 'type')})`)
  showFields(wallet)
  showList('entries', listOf(wallet, 'entries'), nameOf(wallet, 'entries_total'))
  for (const call of listOf(wallet, 'calls')) showCall(call)
}

export async function lookup({ url, json, ...subject }: LookupOptions): Promise<void> {
  const found = (await askAsOperator(new URL('/operator/case', url), { body: subject })) as Fields
  if (json) return log(JSON.stringify(found, null, 2))
  heading('User')
  showFields((found['user'] ?? {}) as Fields)
  const payments = listOf(found, 'payments')
  const extent = extentOf(payments.length, nameOf(found, 'payments_total'))
  if (payments.length > 0 && extent) heading(`Payments${extent}`)
  for (const payment of payments) showPayment(payment)
  for (const wallet of listOf(found, 'wallets')) showWallet(wallet)
}
