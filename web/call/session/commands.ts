/**
 * Commands of the user. One that cannot be sent waits until the room is connected again, and so does one that
 * was sent on a connection which is lost before the room shows its effect. Pure.
 */
import type { Phase } from '../../../client/room'

export type Command = 'accept' | 'decline' | 'hangup'

export interface Commands {
  readonly send: (command: Command) => void
  /** The connection is lost, and perhaps the command with it. */
  readonly lose: () => void
  /** The room is in this phase. Sends the command that waits, unless the phase shows its effect. */
  readonly see: (phase: Phase) => void
}

const UNANSWERED = new Set<Phase>(['open', 'ringing'])
const FINAL = new Set<Phase>(['no_media', 'ending', 'ended'])

const isDone = (command: Command, phase: Phase): boolean =>
  command === 'hangup' ? FINAL.has(phase) : !UNANSWERED.has(phase)

/** @param trySend returns false if the command was not sent */
export function createCommands(trySend: (command: Command) => boolean): Commands {
  /** A later command replaces an earlier one. */
  let pending: Command | undefined
  let isSent = false
  const send = (command: Command): void => {
    pending = command
    isSent = trySend(command)
  }
  return {
    send,
    lose: () => {
      isSent = false
    },
    see: (phase) => {
      if (pending === undefined) return
      if (isDone(pending, phase)) pending = undefined
      else if (!isSent) send(pending)
    },
  }
}
