/** Finds customers by whatever an operator has: an address, a name, a UUID, a reference or a number. */
import { emailKeyOf } from '../../common/text/email'
import { logEvent } from '../../common/log'
import type { User } from '../../users/store'
import type { CustomerHit, SearchBody } from '../desk-types'
import { findPayments, type LookupDeps } from './lookup'
import { maskEmail, maskFullName } from './mask'
import { type LogDeps, recordRead } from '../log/record'
import type { Actor } from '../access/operator'
import { readReceiptNumber, readSearch, type SearchedText } from './search-text'
import { toTime } from '../../common/text/time'

export interface SearchDeps extends LookupDeps, LogDeps {}

const MOST_NAMES = 20

interface Found {
  readonly user: User
  readonly foundBy: string
  readonly reference: string | null
}

/** Records the search without its text: its kind, and the UUIDs of the customers that it found. */
export async function searchCustomers(
  deps: SearchDeps,
  operator: Actor,
  text: string,
): Promise<SearchBody> {
  const searched = readSearch(text)
  const { hits, total } = await find(deps, searched)
  const uuids = [...new Set(hits.map(({ user }) => user.uuid))]
  const [only, ...others] = uuids
  await recordRead(deps, operator, {
    action: 'customers_searched',
    subject: others.length === 0 ? (only ?? null) : null,
    facts: { kind: searched.kind, found: uuids },
  })
  logEvent('lookup_read', { kind: searched.kind, found: hits.length > 0, rows: hits.length })
  return { customers: hits.map(hitOf), total }
}

const hitOf = ({ user, foundBy, reference }: Found): CustomerHit => ({
  uuid: user.uuid,
  name: maskFullName(user),
  email: maskEmail(user.email),
  found_by: foundBy,
  reference,
  created_at: toTime(user.createdAtMs),
})

const all = (hits: readonly Found[]) => ({ hits, total: hits.length })

async function find(deps: SearchDeps, { kind, value }: SearchedText) {
  if (kind === 'name') {
    const { rows, total } = await deps.lookupStore.byName(value, MOST_NAMES)
    return { hits: rows.map((user) => ({ user, foundBy: 'name', reference: null })), total }
  }
  if (kind === 'email') {
    const user = await deps.userStore.byEmailKey(emailKeyOf(value))
    return all(user ? [{ user, foundBy: 'email', reference: null }] : [])
  }
  return all(await findOwners(deps, { kind, value }))
}

async function findOwners(deps: SearchDeps, { kind, value }: SearchedText): Promise<Found[]> {
  if (kind === 'uuid') return byUuid(deps, value)
  if (kind === 'payment') return byPayment(deps, value)
  if (kind === 'refund') {
    const refund = await deps.refundStore.byReference(value)
    return owned(deps, refund?.userUuid, 'refund', value)
  }
  const number = kind === 'receipt' ? readReceiptNumber(value) : undefined
  const owner = number && (await deps.lookupStore.ownerOfReceipt(number))
  return owned(deps, owner, 'receipt', value)
}

async function owned(
  deps: SearchDeps,
  userUuid: string | undefined,
  foundBy: string,
  reference: string,
): Promise<Found[]> {
  const user = userUuid === undefined ? undefined : await deps.userStore.byUuid(userUuid)
  return user ? [{ user, foundBy, reference }] : []
}

async function byPayment(deps: SearchDeps, named: string): Promise<Found[]> {
  const hits: Found[] = []
  for (const { userUuid, reference } of await findPayments(deps, named))
    hits.push(...(await owned(deps, userUuid, 'payment', reference)))
  return hits
}

/** A call is found after it was projected to D1, a few seconds after its start. */
async function byUuid(deps: SearchDeps, uuid: string): Promise<Found[]> {
  const user = await deps.userStore.byUuid(uuid)
  if (user) return [{ user, foundBy: 'uuid', reference: null }]
  const { lookupStore } = deps
  const owners: readonly (readonly [string, () => Promise<string | undefined>])[] = [
    ['payment', async () => (await deps.paymentStore.byUuid(uuid))?.userUuid],
    ['call', async () => (await lookupStore.walletOfCall(uuid))?.userUuid],
    ['wallet', async () => (await lookupStore.walletName(uuid))?.userUuid],
    ['refund', async () => (await deps.refundStore.byUuid(uuid))?.userUuid],
  ]
  for (const [foundBy, ownerOf] of owners) {
    const hits = await owned(deps, await ownerOf(), foundBy, uuid)
    if (hits.length > 0) return hits
  }
  return []
}
