/**
 * `npm run case`: everything that bears on one payment, call, wallet or user, from D1, the wallet and
 * Monnify. `-- --payment AIL-…`, `--call UUID`, `--wallet UUID` or `--user EMAIL`; a call that D1 has
 * not been told of is found with its `--user` beside it. `--json` prints what the service answered,
 * `--url https://…` asks another place, with `OPERATOR_TOKEN` in the environment. Changes nothing.
 * Exits with 1 if there is no such thing, with 2 if it cannot be found out.
 */
import { parseArgs, styleText } from 'node:util'
import { askAsOperator, fail } from './operator.ts'
import { formatTable } from './print-table.ts'
import { HERE, clientInfoOf } from './service-url.ts'

type Plain = string | number | null
type Fields = { readonly [field: string]: Plain | Fields | readonly Fields[] }

const { log } = console

const USAGE =
  'npm run case -- --payment REFERENCE | --call UUID [--user EMAIL] | --wallet UUID | --user EMAIL'

function readFlags() {
  try {
    const { values } = parseArgs({
      options: {
        payment: { type: 'string' },
        call: { type: 'string' },
        wallet: { type: 'string' },
        user: { type: 'string' },
        url: { type: 'string', default: HERE },
        json: { type: 'boolean', default: false },
      },
    })
    const { url, json, ...subject } = values
    if (Object.keys(subject).length === 0) return fail(USAGE)
    return { subject, json, url: new URL('/operator/case', clientInfoOf(url)) }
  } catch (error) {
    return fail(`${error instanceof Error ? error.message : String(error)}\n${USAGE}`)
  }
}

/** What a thing says of itself, without what is listed under it. */
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
    'attempts, and what Monnify says',
    listOf(payment, 'attempts'),
    nameOf(payment, 'attempts_total'),
  )
  showList(
    'webhooks, and what came of them',
    listOf(payment, 'webhooks'),
    nameOf(payment, 'webhooks_total'),
  )
  showList('exceptions', listOf(payment, 'exceptions'), nameOf(payment, 'exceptions_total'))
}

function showCall(call: Fields): void {
  heading(`Call ${nameOf(call, 'uuid')}`)
  showFields(call)
  const charge = (call['charge'] ?? {}) as Fields
  showField('formula', nameOf(charge, 'formula') ?? 'not answered, or not ended')
}

function showWallet(wallet: Fields): void {
  heading(`Wallet ${nameOf(wallet, 'uuid')} (${nameOf(wallet, 'type')})`)
  showFields(wallet)
  showList('entries', listOf(wallet, 'entries'), nameOf(wallet, 'entries_total'))
  for (const call of listOf(wallet, 'calls')) showCall(call)
}

const { subject, json, url } = readFlags()
const found = (await askAsOperator(url, subject)) as Fields
if (json) log(JSON.stringify(found, null, 2))
else {
  heading('User')
  showFields((found['user'] ?? {}) as Fields)
  const payments = listOf(found, 'payments')
  const extent = extentOf(payments.length, nameOf(found, 'payments_total'))
  if (payments.length > 0 && extent) heading(`Payments${extent}`)
  for (const payment of payments) showPayment(payment)
  for (const wallet of listOf(found, 'wallets')) showWallet(wallet)
}
