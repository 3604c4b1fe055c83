/** Sends commands to a wallet object as its owner. Refused reads throw. */
import { env } from 'cloudflare:workers'
import type { CallLimits } from '../../src/wallets/core/call-commands'
import type { HangUpReason, WalletName } from '../../src/wallets/core/wallet'
import { walletStub } from '../../src/wallets/object/client'
import type { InitiateCall } from '../../src/wallets/object/durable-object'
import type { CallPage, EntryPage } from '../../src/wallets/object/tables/pages'
import { valueOf } from './result'

/** Caller with an active session. */
export const callerOf = ({ userUuid }: Pick<WalletName, 'userUuid'>) => ({
  userUuid,
  sessionUuid: 'a-session',
  tokenVersion: 0,
})

export function ownWallet(name: WalletName) {
  const caller = callerOf(name)
  const wallet = walletStub(env.WALLET, name)
  const { creditPayment, reversePayment, sendTransfer, acceptTransfer, transfer } = wallet
  return {
    creditPayment,
    reversePayment,
    sendTransfer,
    acceptTransfer,
    transfer,
    view: async () => valueOf(await wallet.view(caller)),
    calls: async (page: CallPage) => valueOf(await wallet.calls(caller, page)),
    entries: async (page: EntryPage) => valueOf(await wallet.entries(caller, page)),
    call: (uuid: string) => wallet.call(caller, uuid),
    initiateCall: async (order: InitiateCall) => (await wallet.initiateCall(caller, order)).result,
    answerCall: (uuid: string, limits: CallLimits) => wallet.answerCall(caller, uuid, limits),
    endCall: (uuid: string, reason: HangUpReason = 'hangup') =>
      wallet.endCall(caller, uuid, reason),
  }
}
