/** Reads and filters a client's message, and returns the message of the event. Pure. */
import type { CallType } from '../../wallets/core/wallet'
import { filterCandidate } from './candidate'
import { readClientMessage, type SentMessage, type SocketClose } from './client-message'
import type { ClientMessage } from './event'
import { filterDescription } from './sdp'

export interface AdmissionRules {
  /** Type of the call. */
  readonly media: CallType
  /** Whether only candidates of a relay pass. */
  readonly relayOnly: boolean
  /** Random UUID that identifies an `accept` at the wallet. */
  readonly attempt: string
}

/** A candidate that must not reach the peer is dropped, because browsers send all that they find. */
export type Admission =
  | { readonly kind: 'message'; readonly message: ClientMessage }
  | { readonly kind: 'dropped' }
  | { readonly kind: 'rejected'; readonly close: SocketClose }

const admitted = (message: ClientMessage): Admission => ({ kind: 'message', message })

function filtered(sent: SentMessage, rules: AdmissionRules): Admission {
  switch (sent.type) {
    case 'offer':
    case 'answer': {
      const sdp = filterDescription(sent.sdp, { ...rules, type: sent.type })
      if (sdp.ok) return admitted({ ...sent, sdp: sdp.value })
      const reason = `The description ${sdp.message}.`
      return { kind: 'rejected', close: { code: 1008, reason } }
    }
    case 'candidate': {
      const candidate = filterCandidate(sent.candidate, rules)
      return candidate
        ? admitted({ type: 'candidate', epoch: sent.epoch, ...candidate })
        : { kind: 'dropped' }
    }
    case 'accept':
      return admitted({ type: 'accept', attempt: rules.attempt })
    case 'report':
      return admitted({ type: 'report' })
    default:
      return admitted(sent)
  }
}

/** Reads and filters a message. A message that breaks a rule is rejected with the close of its socket. */
export function admitMessage(data: string | ArrayBuffer, rules: AdmissionRules): Admission {
  const read = readClientMessage(data)
  return read.ok ? filtered(read.message, rules) : { kind: 'rejected', close: read.close }
}
