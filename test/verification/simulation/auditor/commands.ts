/**
 * Predicts each wallet command's response and effect on a draft of the auditor's own wallet. It follows the
 * contract, not the code.
 */
import { answerCall, end, initiate, list, look, quote } from './call-commands'
import {
  accept,
  close,
  collectDebt,
  correct,
  creditPayment,
  debt,
  freeze,
  giveGoodwill,
  holdRefund,
  listEntries,
  reversePayment,
  send,
  sendForRefund,
  settleRefund,
  unfreeze,
  view,
  waiveDebt,
} from './money-commands'
import { accept as acceptCall, endInRoom, invite, open, ring } from './room-commands'
import { Draft, type Expected, NOT_FOUND, type WalletModel } from './wallet-model'

export interface Prediction {
  readonly draft: Draft | undefined
  readonly expected: Expected
  /** An alarm deletes the keys from before this time. */
  readonly forgottenBeforeMs?: number
  /** The command also writes rows that the wallet's revision does not count. */
  readonly writesBeside?: true
}

interface Caller {
  readonly sessionUuid: string
  readonly tokenVersion: number
}

type Command = (draft: Draft, ...args: never[]) => Expected

const isRefused = (wallet: WalletModel, { sessionUuid, tokenVersion }: Caller): boolean =>
  tokenVersion < wallet.minVersion || wallet.endedSessions.has(sessionUuid)

const nothing = (): Expected => ({ value: undefined })

/** Commands with a caller, which an ended session must not use. */
const BY_USERS: Record<string, Command> = {
  view,
  call: look,
  calls: list,
  entries: listEntries,
  initiateCall: initiate,
  answerCall,
  endCall: end,
  quoteCall: quote,
  openRoom: open,
  inviteToCall: invite,
}

const BY_SERVICE: Record<string, Command> = {
  open: nothing,
  markStreamed: nothing,
  inspect: nothing,
  creditPayment,
  reversePayment,
  sendTransfer: send,
  acceptTransfer: accept,
  sendForRefund,
  collectDebt,
  holdRefund,
  settleRefund,
  giveGoodwill,
  waiveDebt,
  correct,
  freeze,
  unfreeze,
  close,
  debt,
  alarm: nothing,
  ringCall: ring,
  acceptCall,
  endInRoom,
  callInRoom: look,
}

/** Users' commands that a frozen wallet refuses. */
const SPENDING = new Set(['initiateCall', 'answerCall', 'endCall', 'openRoom', 'inviteToCall'])

const KEYS_KEPT_MS = 2 * 24 * 60 * 60 * 1000

export function predict(
  wallet: WalletModel,
  method: string,
  args: readonly unknown[],
  wallClockMs: number,
): Prediction {
  if (method === 'transfer') {
    const sent = wallet.sent.get(args[0] as string)
    return { draft: undefined, expected: sent ? { value: sent } : NOT_FOUND }
  }
  const byUsers = BY_USERS[method]
  if (byUsers && isRefused(wallet, args[0] as Caller))
    return { draft: undefined, expected: { code: 'unauthenticated' } }
  if (method === 'revokeTokens' && wallet.open.some((call) => call.roomSinceMs !== null))
    return { ...predict(wallet, 'open', [], wallClockMs), writesBeside: true }
  const command = byUsers ?? BY_SERVICE[method]
  if (!command) return { draft: undefined, expected: { value: undefined } }
  const draft = new Draft(wallet, wallClockMs)
  const isFrozen = draft.frozenAtMs !== null && SPENDING.has(method)
  const expected = isFrozen
    ? { code: 'wallet_frozen' }
    : command(draft, ...((byUsers ? args.slice(1) : args) as never[]))
  if (!('code' in expected)) draft.payDebt(draft.nowMs)
  draft.step()
  const forgottenBeforeMs = wallClockMs - KEYS_KEPT_MS
  return {
    draft,
    expected,
    ...(method === 'alarm' && { forgottenBeforeMs }),
    ...(method === 'markStreamed' && { writesBeside: true }),
  }
}
