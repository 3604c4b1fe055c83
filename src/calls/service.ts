/**
 * A user's calls. Each function sends at most one request, to the user's own wallet of call credits. The
 * wallet refuses `unauthenticated` to a caller with a revoked token.
 */
import type { CountryCode } from 'libphonenumber-js/min'
import { z } from 'zod'
import { type Caller, randomTokenId, type Tokens } from '../common/tokens/access-token'
import { type Idempotency, type IdempotentResult } from '../common/idempotency'
import { readCursor, type Page, pageOf } from '../http/pagination'
import type { LimitState } from '../common/rate-limit'
import { mapRevised, type Result, type Revised } from '../common/result'
import type { CallLimits, Quote } from '../wallets/core/call-commands'
import type { Rate } from '../wallets/core/metering'
import type { CallStatus, CallType, CallView, HangUpReason } from '../wallets/core/wallet'
import type { WalletClient, WalletStub } from '../wallets/object/client'
import type { ReadTariffAt } from '../tariffs/copy'
import { rateFor } from '../tariffs/tariff'

export interface CallDeps {
  readonly wallets: WalletClient
  readonly callLimits: CallLimits
  readonly tariff: ReadTariffAt
  /** Country whose local numbers are accepted. */
  readonly defaultCountry: CountryCode
  readonly tokens: Tokens
  readonly now: () => number
}

export interface Destination {
  readonly recipientPhone: string
  readonly type: CallType
}

export interface Callee extends Destination {
  readonly recipientName: string | null
}

const sendCommand = <T>(
  deps: CallDeps,
  caller: Caller,
  command: (wallet: WalletStub) => Promise<T>,
): Promise<T> => deps.wallets.send({ userUuid: caller.userUuid, type: 'call_credits' }, command)

/** Result of a start; `limitState` is missing if the rate limit was not checked. */
export interface Started {
  readonly result: Revised<IdempotentResult<CallView>>
  readonly limitState?: LimitState
}

/** Rate of a destination now. Refuses `destination_not_allowed`, `tariffs_unavailable`. */
async function rateNow(
  deps: CallDeps,
  { recipientPhone, type }: Destination,
): Promise<Result<Rate>> {
  const found = await deps.tariff(deps.now())
  return found.ok ? rateFor(found.value.tariff, recipientPhone, type) : found
}

/**
 * Holds the price of one minute and opens the call. Refuses `destination_not_allowed`, `tariffs_unavailable`, `rate_limited`,
 * `insufficient_funds`, `too_many_calls`, `idempotency_key_reused`.
 */
export async function startCall(
  deps: CallDeps,
  caller: Caller,
  callee: Callee,
  idempotency: Idempotency | undefined,
): Promise<Started> {
  const rate = await rateNow(deps, callee)
  if (!rate.ok) return { result: rate }
  const call = { ...callee, uuid: crypto.randomUUID(), rate: rate.value, ticket: randomTokenId() }
  return sendCommand(deps, caller, (wallet) =>
    wallet.initiateCall(caller, { call, limits: deps.callLimits, idempotency }),
  )
}

/**
 * Starts the meter; returns an answered call unchanged. Refuses `not_found`, and `call_state_conflict`
 * for a call that has ended.
 */
export const answerCall = (
  deps: CallDeps,
  caller: Caller,
  uuid: string,
): Promise<Revised<CallView>> =>
  sendCommand(deps, caller, (wallet) => wallet.answerCall(caller, uuid, deps.callLimits))

/**
 * Settles the call; returns an ended call unchanged. Refuses `not_found`, and `call_state_conflict` if an
 * answered call is ended as busy or declined.
 */
export const endCall = (
  deps: CallDeps,
  caller: Caller,
  uuid: string,
  reason: HangUpReason,
): Promise<Revised<CallView>> =>
  sendCommand(deps, caller, (wallet) => wallet.endCall(caller, uuid, reason))

/** Refuses `not_found`. */
export const getCall = (deps: CallDeps, caller: Caller, uuid: string): Promise<Revised<CallView>> =>
  sendCommand(deps, caller, (wallet) => wallet.call(caller, uuid))

export interface CallQuery {
  readonly limit: number
  readonly cursor?: string | undefined
  readonly status?: CallStatus | undefined
  readonly from?: number | undefined
  readonly to?: number | undefined
}

const positionSchema = z.tuple([z.int().positive()])

/** Newest first. Refuses `invalid_cursor`. */
export async function listCalls(
  deps: CallDeps,
  caller: Caller,
  query: CallQuery,
): Promise<Revised<Page<CallView>>> {
  const { limit, cursor, status, from: fromMs, to: toMs } = query
  const position = readCursor(positionSchema, cursor)
  if (!position.ok) return position
  const page = { limit: limit + 1, beforeSeq: position.value?.[0], status, fromMs, toMs }
  const calls = await sendCommand(deps, caller, (wallet) => wallet.calls(caller, page))
  return mapRevised(calls, (found) => pageOf(found, limit, ({ seq }) => [seq]))
}

/** Returns a destination's rate and the quote for a call now. Refuses as `rateNow` does. */
export async function quoteCall(
  deps: CallDeps,
  caller: Caller,
  destination: Destination,
): Promise<Revised<Quote & { readonly rate: Rate }>> {
  const rate = await rateNow(deps, destination)
  if (!rate.ok) return rate
  const quote = await sendCommand(deps, caller, (wallet) =>
    wallet.quoteCall(caller, rate.value, deps.callLimits),
  )
  return mapRevised(quote, (quoted) => ({ ...quoted, rate: rate.value }))
}
