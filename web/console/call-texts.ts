/** Texts about calls, and the rule for low credit. Pure. */
import type { Call, CallEvent } from './model'
import { printDuration, printNaira, printSeconds } from '../shared/print'

/** Without events, for example after a reload, the remaining time decides. */
const LOW_SECONDS = 30

export const whoOf = ({ recipient_name, recipient_phone }: Call): string =>
  recipient_name ?? recipient_phone

export const EVENT_WORDS: Readonly<Record<CallEvent['type'], string>> = {
  state: 'Connected to the meter',
  answered: 'Answered',
  horizon_moved: 'Time left changed',
  low_credit: 'Credit is low',
  ended: 'Ended',
}

type Notice = Pick<CallEvent, 'type'>

/** Reports whether the credit of a running call is about to end. A later top-up cancels the warning. */
export function isCreditLow(events: readonly Notice[], secondsLeft: number): boolean {
  const latest = events.findLast(({ type }) => type === 'low_credit' || type === 'horizon_moved')
  return latest?.type === 'low_credit' || secondsLeft <= LOW_SECONDS
}

export const hasRunOut = ({ end_reason }: Call): boolean => end_reason === 'credit_exhausted'

/** Announcement of an event; empty for one that needs none. */
export function noticeOf({ type, seconds_left, call }: CallEvent): string {
  const left = printSeconds(seconds_left ?? 0)
  if (type === 'answered') return 'The call is answered and the meter runs.'
  if (type === 'horizon_moved') return `The credit now lasts ${left}.`
  if (type === 'low_credit') return `The credit lasts for ${seconds_left ?? 0} more seconds.`
  /** The card of a call whose credit ran out is an alert itself. */
  if (type === 'ended' && !hasRunOut(call))
    return `The call has ended: ${printNaira(call.cost)} charged.`
  return ''
}

/** `Your credit ran out after 1 min. ₦10.00 charged.` */
export const runOutText = ({ duration_seconds, cost }: Call): string =>
  `Your credit ran out after ${printDuration(duration_seconds ?? 0)}. ${printNaira(cost)} charged.`
