/** A user's calls: each verb is one command to the user's own call-credits wallet, and nothing else. */
import { base64url } from 'jose'
import { z } from 'zod'
import { type Idempotency, type Once } from '../common/idempotency'
import { readCursor, type Page, pageOf } from '../common/page'
import { ok, type Result } from '../common/result'
import type { CallLimits } from '../wallets/decide-call'
import type { CallStatus, CallType, CallView } from '../wallets/wallet'
import type { WalletClient, WalletStub } from '../wallets/wallet-client'
import { rateFor } from './tariff'

const TICKET_BYTES = 32

export interface CallDeps {
  readonly wallets: WalletClient
  readonly callLimits: CallLimits
}

export interface Callee {
  readonly recipientPhone: string
  readonly recipientName: string | null
  readonly type: CallType
}

const ask = <T>(
  deps: CallDeps,
  userUuid: string,
  command: (wallet: WalletStub) => Promise<T>,
): Promise<T> => deps.wallets.ask({ userUuid, type: 'call_credits' }, command)

/** Holds one minute and opens the call. Refuses `insufficient_funds`, `too_many_calls`, `idempotency_key_reused`. */
export async function startCall(
  deps: CallDeps,
  userUuid: string,
  callee: Callee,
  idempotency: Idempotency | undefined,
): Promise<Result<Once<CallView>>> {
  const ticket = base64url.encode(crypto.getRandomValues(new Uint8Array(TICKET_BYTES)))
  const call = { ...callee, uuid: crypto.randomUUID(), rate: rateFor(), ticket }
  return ask(deps, userUuid, (wallet) =>
    wallet.initiateCall({ call, limits: deps.callLimits, idempotency }),
  )
}

/** Starts the meter. Refuses `not_found`, `call_state_conflict`. */
export const answerCall = (
  deps: CallDeps,
  userUuid: string,
  uuid: string,
): Promise<Result<CallView>> =>
  ask(deps, userUuid, (wallet) => wallet.answerCall(uuid, deps.callLimits))

/** Settles the call; one that has ended is answered as it is. Refuses `not_found`. */
export const endCall = (
  deps: CallDeps,
  userUuid: string,
  uuid: string,
): Promise<Result<CallView>> => ask(deps, userUuid, (wallet) => wallet.endCall(uuid))

/** Refuses `not_found`. */
export const getCall = (
  deps: CallDeps,
  userUuid: string,
  uuid: string,
): Promise<Result<CallView>> => ask(deps, userUuid, (wallet) => wallet.call(uuid))

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
  userUuid: string,
  query: CallQuery,
): Promise<Result<Page<CallView>>> {
  const { limit, cursor, status, from: fromMs, to: toMs } = query
  const position = readCursor(positionSchema, cursor)
  if (!position.ok) return position
  const page = { limit: limit + 1, beforeSeq: position.value?.[0], status, fromMs, toMs }
  const calls = await ask(deps, userUuid, (wallet) => wallet.calls(page))
  return ok(pageOf(calls, limit, ({ seq }) => [seq]))
}
