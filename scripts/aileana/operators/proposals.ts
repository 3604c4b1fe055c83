/** Amounts that operators move: each command proposes one, and large ones wait for a second operator. */
import { randomUUID } from 'node:crypto'
import type { ProposalBody } from '../../../src/operators/desk-types.ts'
import { fail } from '../../cli/program.ts'
import { askAsOperator } from '../operator.ts'
import { formatTable } from '../print-table.ts'

const rowOf = (proposal: ProposalBody) => ({
  uuid: proposal.uuid,
  kind: proposal.kind,
  state: proposal.state,
  amount: proposal.amount,
  customer: proposal.customer,
  outcome: proposal.outcome,
})

/** Prints the outcome of a proposal. Fails with exit code 2 if the service refused to execute it. */
function report(proposal: ProposalBody, url: string): void {
  console.log(formatTable([rowOf(proposal)]))
  const { uuid, hash, state, outcome } = proposal
  if (state === 'refused') return fail(`The amount was not moved: ${outcome ?? 'refused'}.`)
  if (state === 'pending')
    console.log(
      `A second operator must approve it before ${proposal.expires_at}, at ${url}/desk or with\n` +
        `  npm run aileana -- approve ${uuid} --hash ${hash} --url ${url}`,
    )
  if (state === 'approved')
    console.log('It is approved. The cron job moves the amount within minutes.')
}

interface Shared {
  readonly url: string
  readonly amount: number
  readonly reason: string
  /** Idempotency key: a repeat with the same key moves nothing. */
  readonly key?: string
}

/** Sends a proposal. After a lost response, the same key repeats it safely. */
async function propose(
  kind: ProposalBody['kind'],
  { url, key = randomUUID(), ...body }: Shared & Readonly<Record<string, unknown>>,
): Promise<void> {
  console.log(`Key: ${key}. If no result follows, repeat the command with --key ${key}.`)
  const proposed = await askAsOperator(new URL('/operator/proposals', url), {
    body: { kind, ...body },
    headers: { 'Idempotency-Key': key },
  })
  report(proposed as ProposalBody, url)
}

export interface AdjustOptions extends Shared {
  readonly user: string
  readonly wallet: string
}

export const adjust = (kind: 'goodwill' | 'debt_waiver', options: AdjustOptions): Promise<void> =>
  propose(kind, { ...options })

export interface CorrectOptions extends AdjustOptions {
  readonly direction: 'credit' | 'debit'
}

export const correct = (options: CorrectOptions): Promise<void> =>
  propose('correction', { ...options })

export interface RefundOptions extends Shared {
  readonly payment: string
  readonly method: string
  readonly account?: string
  readonly bank?: string
}

export function refund({ account, bank, ...options }: RefundOptions): Promise<void> {
  const destination =
    account === undefined && bank === undefined
      ? {}
      : { destination: { account_number: account ?? '', bank_code: bank ?? '' } }
  return propose('refund', { ...options, ...destination })
}

export interface DecideOptions {
  readonly url: string
  readonly hash?: string
  readonly reason?: string
}

export async function decideProposal(
  decision: 'approve' | 'reject' | 'withdraw',
  uuid: string,
  { url, ...body }: DecideOptions,
): Promise<void> {
  const target = new URL(`/operator/proposals/${uuid}/${decision}`, url)
  const decided = await askAsOperator(target, decision === 'withdraw' ? {} : { body })
  report(decided as ProposalBody, url)
}

export interface ListProposalsOptions {
  readonly url: string
  readonly state: string
  readonly json?: true
}

/** Lists all pages, with the hashes that an approval names. */
export async function listProposals({ url, state, json }: ListProposalsOptions): Promise<void> {
  const proposals: ProposalBody[] = []
  for (let cursor: string | null = ''; cursor !== null;) {
    const target = new URL('/operator/proposals', url)
    target.searchParams.set('state', state)
    if (cursor !== '') target.searchParams.set('cursor', cursor)
    const page = (await askAsOperator(target, { method: 'GET' })) as {
      proposals: readonly ProposalBody[]
      next: string | null
    }
    proposals.push(...page.proposals)
    cursor = page.next
  }
  if (json) return console.log(JSON.stringify(proposals, null, 2))
  console.log(`${proposals.length} proposals are ${state}.`)
  for (const proposal of proposals) {
    console.log(formatTable([{ ...rowOf(proposal), maker: proposal.maker_name }]))
    console.log(`  reason: ${proposal.reason}\n  hash: ${proposal.hash}`)
  }
}

export interface DecisionOptions {
  readonly url: string
  readonly refund: string
  readonly outcome: string
  readonly evidence: string
}

export async function decideRefund({ url, refund: uuid, ...body }: DecisionOptions): Promise<void> {
  const target = new URL(`/operator/refunds/${encodeURIComponent(uuid)}/decision`, url)
  console.log(formatTable([(await askAsOperator(target, { body })) as object]))
}
