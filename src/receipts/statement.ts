/**
 * A wallet's ledger as a signed statement. The service verifies the chain while it reads it, and signs only the head of
 * a verified chain.
 */
import type { Caller } from '../common/tokens/access-token'
import { ok, refuse, type Result } from '../common/result'
import { emptyLedger, type Entry, followChain, type LedgerHead } from '../wallets/core/ledger'
import { CURRENCY, type EntryView } from '../wallets/core/wallet'
import { findWallet, type WalletDeps } from '../wallets/service'
import { canonicalJson } from './core/canonical'
import { presentEntry, presentPoint, type StatementHead } from './core/statement'
import { compactJws, type Signer } from './sign'

export interface StatementDeps extends WalletDeps {
  readonly signer: Signer
  readonly now: () => number
}

export interface Period {
  readonly fromMs?: number | undefined
  readonly toMs?: number | undefined
}

const PAGE = 500

interface ReadPage {
  readonly limit: number
  readonly afterSeq?: number
  readonly fromMs?: number
  readonly toMs?: number
}

type Read = (page: ReadPage) => Promise<readonly EntryView[]>

interface Span {
  readonly opening: LedgerHead
  readonly closing: LedgerHead
  /** Last entry of the ledger. */
  readonly ledger: LedgerHead
}

/**
 * Finds the ends of a period by position, from the first entry since `fromMs` to the last one before `toMs`. A
 * statement has no gaps, even where the times of entries are not in their order.
 */
async function findSpan(read: Read, walletUuid: string, { fromMs, toMs }: Period): Promise<Span> {
  const empty = emptyLedger(walletUuid)
  const at = async (seq: number): Promise<LedgerHead> =>
    seq === 0 ? empty : ((await read({ afterSeq: seq - 1, limit: 1 }))[0] ?? empty)
  const ledger = (await read({ limit: 1 }))[0] ?? empty
  const first = fromMs === undefined ? 1 : await firstSince(read, fromMs)
  const opening = first === 1 ? empty : await at((first ?? ledger.seq + 1) - 1)
  if (toMs === undefined) return { opening, closing: ledger, ledger }
  const last = (await read({ toMs, limit: 1 }))[0] ?? empty
  return { opening, closing: last.seq > opening.seq ? last : opening, ledger }
}

const firstSince = async (read: Read, fromMs: number): Promise<number | undefined> =>
  (await read({ afterSeq: 0, fromMs, limit: 1 }))[0]?.seq

/**
 * Prepares a statement. Refusals of the wallet and faults in the first entries occur before the response begins.
 * Refuses `receipts_not_configured` and `not_found`.
 */
export async function signedStatement(
  deps: StatementDeps,
  caller: Caller,
  uuid: string,
  period: Period,
): Promise<Result<AsyncGenerator<string>>> {
  const name = await findWallet(deps, caller, uuid)
  if (!name.ok) return name
  if (!deps.signer.canSign) return refuse({ code: 'receipts_not_configured' })
  const admitted = await deps.wallets.send(name.value, (wallet) => wallet.view(caller))
  if (!admitted.ok) return admitted
  const read: Read = async (page) => {
    const entries = await deps.wallets.send(name.value, (wallet) => wallet.entries(caller, page))
    if (!entries.ok) throw new Error(`the statement was cut off: ${entries.refusal.code}`)
    return entries.value
  }
  const pieces = writeStatement(deps, read, uuid, period)
  const { value: first } = await pieces.next()
  return ok(startingWith(first ?? '', pieces))
}

async function* startingWith(first: string, rest: AsyncGenerator<string>) {
  yield first
  yield* rest
}

/** Yields one piece of JSON for each page. The head is signed at the end, when it is known. */
async function* writeStatement(
  { signer, now }: StatementDeps,
  read: Read,
  walletUuid: string,
  period: Period,
): AsyncGenerator<string> {
  const { opening, closing, ledger } = await findSpan(read, walletUuid, period)
  let head = opening
  let separator = '{"entries":['
  while (head.seq < closing.seq) {
    const page = await read({ afterSeq: head.seq, limit: Math.min(PAGE, closing.seq - head.seq) })
    const followed = followChain(head, page)
    if (followed.broken || page.length === 0)
      throw new Error(`wallet ${walletUuid}: entry ${head.seq + 1} does not follow`)
    yield `${separator}${page.map(textOf).join(',')}`
    separator = ','
    head = followed.head
  }
  if (head.hash !== closing.hash) throw new Error(`wallet ${walletUuid}: another end than before`)
  const content = headOf(walletUuid, period, { opening, closing, ledger }, now())
  const payload = canonicalJson(content)
  const signature = compactJws(payload, await signer.sign(payload))
  const start = separator === ',' ? '' : separator
  yield `${start}],"statement":${payload},"signature":"${signature}"}`
}

const textOf = (entry: Entry): string => JSON.stringify(presentEntry(entry))

const timeOf = (ms: number | undefined): string | null =>
  ms === undefined ? null : new Date(ms).toISOString()

const headOf = (
  wallet_uuid: string,
  { fromMs, toMs }: Period,
  { opening, closing, ledger }: Span,
  nowMs: number,
): StatementHead => ({
  type: 'statement',
  version: 1,
  wallet_uuid,
  currency: CURRENCY,
  from: timeOf(fromMs),
  to: timeOf(toMs),
  opening: presentPoint(opening),
  closing: presentPoint(closing),
  ledger: presentPoint(ledger),
  entries: closing.seq - opening.seq,
  issued_at: new Date(nowMs).toISOString(),
})
