/**
 * Reads one page of a customer's timeline. Entries and calls come from the wallets, so that the end of a call is visible
 * at once; everything else comes from D1.
 */
import { type Page, pageOf, readCursor } from '../../../http/pagination'
import { ok, type Result } from '../../../common/result'
import { toNairaNumber } from '../../../common/money'
import type { EntryPage } from '../../../wallets/object/tables/pages'
import type { WalletClient } from '../../../wallets/object/client'
import type { WalletType } from '../../../wallets/core/wallet'
import type { TimelineItem, TimelineKind } from '../../desk-types'
import { type LookupDeps, queryAttempt } from '../lookup'
import {
  actionItem,
  callItem,
  entryItem,
  gatewayItem,
  messageItem,
  paymentItem,
  refundItem,
  sessionItem,
  webhookItem,
} from './items'
import {
  type Bound,
  boundOf,
  comparePositions,
  isWithin,
  mergeSources,
  type Placed,
  type Position,
  positionSchema,
} from './merge'
import type { TimelineStore } from './store'

export interface TimelineDeps extends Pick<LookupDeps, 'gateway'> {
  readonly timelineStore: TimelineStore
  readonly wallets: WalletClient
  readonly now: () => number
}

export interface TimelineQuery {
  readonly limit: number
  readonly cursor?: string | undefined
  readonly kinds: readonly TimelineKind[]
  /** Whether Monnify is queried about the newest attempts on the page. */
  readonly isGatewayQueried: boolean
}

/** Attempts of one page about which Monnify is queried. */
const MAX_QUERIED = 10

/**
 * Entries of calls that end together can be posted a millisecond out of order. Entries that are further apart than this
 * in the ledger are in the order of their times.
 */
const DISORDER = 20

type Items = Promise<Placed<TimelineItem>[]>

/** Refuses `invalid_cursor`. */
export async function readTimeline(
  deps: TimelineDeps,
  userUuid: string,
  query: TimelineQuery,
): Promise<Result<Page<TimelineItem>>> {
  const position = readCursor(positionSchema, query.cursor)
  if (!position.ok) return position
  const sources = await Promise.all(sourcesOf(deps, userUuid, query, position.value))
  const found = mergeSources(sources, query.limit)
  const page = pageOf(found, query.limit, ({ position: [...parts] }) => parts)
  const items = page.items.map(({ item }) => item)
  return ok({
    items: query.isGatewayQueried ? await withStatuses(deps, items) : items,
    nextCursor: page.nextCursor,
  })
}

function sourcesOf(
  deps: TimelineDeps,
  userUuid: string,
  { limit, kinds }: TimelineQuery,
  after: Position | undefined,
): Items[] {
  const { timelineStore: store } = deps
  const nowMs = deps.now()
  const most = limit + 1
  const readers: Record<TimelineKind, () => readonly Items[]> = {
    payment: () => [mapped(store.payments(userUuid, boundOf('payment', after), most), paymentItem)],
    gateway: () => [mapped(store.answers(userUuid, boundOf('gateway', after), most), gatewayItem)],
    webhook: () => [mapped(store.events(userUuid, boundOf('webhook', after), most), webhookItem)],
    entry: () => [
      entriesOf(deps, userUuid, 'primary', boundOf('entry_primary', after), most),
      entriesOf(deps, userUuid, 'call_credits', boundOf('entry_call_credits', after), most),
    ],
    call: () => [callsOf(deps, userUuid, boundOf('call', after), most)],
    refund: () => [mapped(store.refunds(userUuid, boundOf('refund', after), most), refundItem)],
    session: () => [
      mapped(store.sessions(userUuid, boundOf('session', after), most), (row) =>
        sessionItem(row, nowMs),
      ),
    ],
    message: () => [mapped(store.messages(userUuid, boundOf('message', after), most), messageItem)],
    action: () => [mapped(store.actions(userUuid, boundOf('action', after), most), actionItem)],
  }
  return kinds.flatMap((kind) => readers[kind]())
}

const mapped = async <T>(
  rows: Promise<T[]>,
  itemOf: (row: T) => Placed<TimelineItem>,
): Promise<Placed<TimelineItem>[]> => (await rows).map(itemOf)

/** Page of a wallet's list that contains the first `most` rows within a bound. */
function pageWithin({ untilMs, beforeKey }: Bound, most: number): EntryPage {
  if (typeof beforeKey !== 'number')
    return { limit: most + DISORDER, ...(untilMs < Number.MAX_SAFE_INTEGER && { toMs: untilMs }) }
  return { limit: most + 2 * DISORDER, toMs: untilMs + 1, beforeSeq: beforeKey + DISORDER }
}

const firstWithin = (
  items: readonly Placed<TimelineItem>[],
  bound: Bound,
  most: number,
): Placed<TimelineItem>[] =>
  items
    .filter(({ position }) => isWithin(position, bound))
    .toSorted((a, b) => comparePositions(a.position, b.position))
    .slice(0, most)

async function entriesOf(
  { wallets }: TimelineDeps,
  userUuid: string,
  type: WalletType,
  bound: Bound,
  most: number,
): Items {
  const entryPage = pageWithin(bound, most)
  const { entries } = await wallets.send({ userUuid, type }, (wallet) =>
    wallet.inspect({ under: [], entryPage, callPage: { limit: 0 } }),
  )
  const items = entries.map((entry) => entryItem(entry, type))
  return firstWithin(items, bound, most)
}

async function callsOf(
  { wallets }: TimelineDeps,
  userUuid: string,
  bound: Bound,
  most: number,
): Items {
  const callPage = pageWithin(bound, most)
  const { calls } = await wallets.send({ userUuid, type: 'call_credits' }, (wallet) =>
    wallet.inspect({ under: [], entryPage: { limit: 0 }, callPage }),
  )
  return firstWithin(calls.map(callItem), bound, most)
}

/** Adds Monnify's present status to the newest attempts. */
async function withStatuses(
  deps: TimelineDeps,
  items: readonly TimelineItem[],
): Promise<TimelineItem[]> {
  const newest = items.filter(({ kind }) => kind === 'gateway').slice(0, MAX_QUERIED)
  const statuses = new Map<string, TimelineItem['facts']>()
  for (const { id } of newest) statuses.set(id, await statusOf(deps, id))
  return items.map((item) => {
    const status = item.kind === 'gateway' ? statuses.get(item.id) : undefined
    return status ? { ...item, facts: [...item.facts, ...status] } : item
  })
}

async function statusOf(deps: TimelineDeps, reference: string): Promise<TimelineItem['facts']> {
  const { finding, transaction } = await queryAttempt(deps, reference)
  if (finding === undefined) return [['Status at Monnify', 'could not be queried']]
  if (!transaction) return [['Status at Monnify', 'unknown to Monnify']]
  return [
    ['Status at Monnify', transaction.status],
    ['Received by Monnify', `${toNairaNumber(transaction.amountPaidKobo)} ${transaction.currency}`],
  ]
}
