/**
 * `npm run audit`: goes through the books of the running service and says what does not add up.
 * `-- --repair` remedies what has a safe remedy, `-- --since 2026-03-01` asks Monnify about payments
 * from then on only, `-- --url https://…` audits another place, with `OPERATOR_TOKEN` in the
 * environment. Exits with 0 if all adds up, 1 if something does not, 2 if the audit could not be made.
 */
import { exit } from 'node:process'
import { parseArgs, styleText } from 'node:util'
import { parseDate, parseTime } from '../src/common/text/time.ts'
import { askAsOperator, fail } from './operator.ts'
import { formatTable } from './print-table.ts'
import { HERE, clientInfoOf } from './service-url.ts'

interface Finding {
  readonly kind: string
  readonly subject: string
  readonly detail: string
  readonly repaired: boolean
}

interface Page {
  readonly users: number
  readonly entries: number
  readonly sums_kobo: Record<string, number>
  readonly in_transit_kobo: number
  readonly findings: readonly Finding[]
  readonly next: string | null
}

/** A day in UTC or a time with its offset, not in the future: nothing was paid since then. */
function sinceOf(text: string): Date {
  const since = text.includes(':') ? parseTime(text) : parseDate(text)
  if (!since.ok) return fail(`--since ${since.message}`)
  if (since.value > Date.now()) return fail('--since must not be in the future')
  return new Date(since.value)
}

function readFlags() {
  try {
    const { values } = parseArgs({
      options: {
        url: { type: 'string', default: HERE },
        repair: { type: 'boolean', default: false },
        since: { type: 'string' },
      },
    })
    const since = values.since === undefined ? undefined : sinceOf(values.since)
    return { ...values, since, origin: clientInfoOf(values.url) }
  } catch (error) {
    return fail(error instanceof Error ? error.message : String(error))
  }
}

const { origin, repair, since } = readFlags()

async function auditAfter(after: string): Promise<Page> {
  const url = new URL('/operator/audit', origin)
  url.searchParams.set('after', after)
  url.searchParams.set('repair', String(repair))
  if (since) url.searchParams.set('since', since.toISOString())
  return (await askAsOperator(url)) as Page
}

const sumsKobo: Record<string, number> = {}
const findings: Finding[] = []
let [users, entries, inTransitKobo] = [0, 0, 0]

for (let after: string | null = ''; after !== null;) {
  const page = await auditAfter(after)
  users += page.users
  entries += page.entries
  inTransitKobo += page.in_transit_kobo
  for (const [account, kobo] of Object.entries(page.sums_kobo))
    sumsKobo[account] = (sumsKobo[account] ?? 0) + kobo
  findings.push(...page.findings)
  after = page.next
  if (after !== null) console.error(styleText('dim', `  ${users} users …`))
}

const total = Object.values(sumsKobo).reduce((sum, kobo) => sum + kobo, 0)
if (total !== 0) {
  const detail = `all accounts together have ${total} kobo instead of none`
  findings.push({ kind: 'ledger_fault', subject: 'all', detail, repaired: false })
}
if ((sumsKobo['transfer'] ?? 0) !== inTransitKobo) {
  const detail = `${inTransitKobo} kobo are in transit, the ledgers say ${sumsKobo['transfer'] ?? 0}`
  findings.push({ kind: 'ledger_fault', subject: 'transfers', detail, repaired: false })
}

console.log(`${users} users, ${entries} entries`)
const sums = Object.entries(sumsKobo)
console.log(formatTable(sums.map(([account, kobo]) => ({ account, NGN: (kobo / 100).toFixed(2) }))))
if (findings.length > 0) console.log(formatTable(findings))
const open = findings.filter(({ repaired }) => !repaired).length
console.log(
  findings.length === 0
    ? styleText('green', 'All of it adds up.')
    : styleText('red', `${findings.length} findings, ${findings.length - open} of them repaired.`),
)
exit(findings.length === 0 ? 0 : 1)
