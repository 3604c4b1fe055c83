/** Audits the whole service, page by page. */
import { styleText } from 'node:util'
import { fail } from '../cli/program.ts'
import { askAsOperator } from './operator.ts'
import { formatTable } from './print-table.ts'

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

export interface AuditOptions {
  readonly url: string
  readonly repair?: true
  readonly since?: Date
}

interface Books {
  readonly sumsKobo: Record<string, number>
  readonly findings: Finding[]
  users: number
  entries: number
  inTransitKobo: number
}

async function auditAfter(after: string, options: AuditOptions): Promise<Page> {
  const url = new URL('/operator/audit', options.url)
  url.searchParams.set('after', after)
  url.searchParams.set('repair', String(options.repair === true))
  if (options.since) url.searchParams.set('since', options.since.toISOString())
  return (await askAsOperator(url)) as Page
}

async function readBooks(options: AuditOptions): Promise<Books> {
  const books: Books = { sumsKobo: {}, findings: [], users: 0, entries: 0, inTransitKobo: 0 }
  const { sumsKobo, findings } = books
  for (let after: string | null = ''; after !== null;) {
    const page = await auditAfter(after, options)
    books.users += page.users
    books.entries += page.entries
    books.inTransitKobo += page.in_transit_kobo
    for (const [account, kobo] of Object.entries(page.sums_kobo))
      sumsKobo[account] = (sumsKobo[account] ?? 0) + kobo
    findings.push(...page.findings)
    after = page.next
    if (after !== null) console.error(styleText('dim', `  ${books.users} users …`))
  }
  return books
}

/** Faults of the totals of all wallets. */
function totalsFindings({ sumsKobo, inTransitKobo }: Books): Finding[] {
  const total = Object.values(sumsKobo).reduce((sum, kobo) => sum + kobo, 0)
  const transferKobo = sumsKobo['transfer'] ?? 0
  const fault = (subject: string, detail: string): Finding[] => [
    { kind: 'ledger_fault', subject, detail, repaired: false },
  ]
  return [
    ...(total === 0 ? [] : fault('all', `all accounts add up to ${total} kobo instead of zero`)),
    ...(transferKobo === inTransitKobo
      ? []
      : fault(
          'transfers',
          `transfers have ${inTransitKobo} kobo in transit, but the ledgers have ${transferKobo}`,
        )),
  ]
}

export async function audit(options: AuditOptions): Promise<void> {
  const books = await readBooks(options)
  const findings = [...books.findings, ...totalsFindings(books)]
  console.log(`${books.users} users, ${books.entries} entries`)
  const sums = Object.entries(books.sumsKobo)
  console.log(
    formatTable(sums.map(([account, kobo]) => ({ account, NGN: (kobo / 100).toFixed(2) }))),
  )
  if (findings.length === 0) return console.log(styleText('green', 'All books agree.'))
  console.log(formatTable(findings))
  const repaired = findings.filter((finding) => finding.repaired).length
  return fail(`${findings.length} findings, ${repaired} of them repaired.`, 1)
}
