/** Operators' work on exceptions: list them, and take, resolve or reopen one. */
import { z } from 'zod'
import { logEvent } from '../common/log'
import { ok, type Result } from '../common/result'
import { type Page, pageOf, readCursor } from '../http/pagination'
import type { ExceptionState } from './exception'
import type { ExceptionRow, ExceptionStore, OperatorAction } from './store'

export interface ExceptionDeps {
  readonly exceptionStore: ExceptionStore
}

export interface ExceptionQuery {
  readonly state: ExceptionState
  readonly kind?: string | undefined
  readonly limit: number
  readonly cursor?: string | undefined
}

const positionSchema = z.tuple([z.int(), z.string().max(100), z.string().max(300)])

/** Returns a page, the last recorded first. Refuses `invalid_cursor`. */
export async function listExceptions(
  { exceptionStore }: ExceptionDeps,
  { state, kind, limit, cursor }: ExceptionQuery,
): Promise<Result<Page<ExceptionRow>>> {
  const position = readCursor(positionSchema, cursor)
  if (!position.ok) return position
  const page = { state, kind, before: position.value, limit: limit + 1 }
  const rows = await exceptionStore.list(page)
  return ok(pageOf(rows, limit, (row) => [row.lastAtMs, row.kind, row.subject]))
}

/** Refuses `not_found`, and `exception_state_conflict` if the state does not allow the action. */
export async function changeException(
  { exceptionStore }: ExceptionDeps,
  name: { readonly kind: string; readonly subject: string },
  action: OperatorAction,
): Promise<Result<ExceptionRow>> {
  const changed = await exceptionStore.act(name, action)
  const { operator, action: reason } = action
  if (changed.ok)
    logEvent('exception_changed', { kind: name.kind, reference: name.subject, operator, reason })
  return changed
}
