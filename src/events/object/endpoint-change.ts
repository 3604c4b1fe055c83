/** New values of an endpoint. Pure. */
import { ok, refuse, type Result } from '../../common/result'
import { enabled, paused } from '../core/delivery'
import type { EndpointChange } from '../core/stream'
import type { EndpointRow } from './endpoint-table'

export const NEW_ENDPOINT = {
  status: 'enabled',
  disabledReason: null,
  disabledAtMs: null,
  failures: 0,
  failingSinceMs: null,
  nextAttemptAtMs: null,
  previousSecret: null,
  previousSecretUntilMs: null,
  noticeDueAtMs: null,
} as const

export const conflict = (reason: string) => refuse({ code: 'endpoint_state_conflict', reason })

/** Refuses `endpoint_state_conflict`. */
export function withStatus(
  row: EndpointRow,
  status: EndpointChange['status'],
): Result<EndpointRow> {
  if (status === undefined || status === row.status) return ok(row)
  if (row.disabledReason === 'key_revoked')
    return conflict('The API key that created the endpoint was revoked. Create another endpoint.')
  if (status === 'enabled') return ok({ ...enabled(row), noticeDueAtMs: null })
  return row.status === 'disabled'
    ? conflict('A disabled endpoint cannot be paused.')
    : ok(paused(row))
}

/**
 * After a change of address or cursor, the next attempt is due at once. Another receiver has no failures yet.
 * @param last number of the newest event
 */
export function withValues(row: EndpointRow, change: EndpointChange, last: number): EndpointRow {
  const { status: _, after, ...values } = change
  const isOther = values.url !== undefined && values.url !== row.url
  const cursor = after === undefined ? row.cursor : Math.min(after, last)
  const past = isOther ? { failures: 0, failingSinceMs: null } : {}
  const isDue = isOther || after !== undefined
  return { ...row, ...values, ...past, cursor, ...(isDue && { nextAttemptAtMs: null }) }
}
