/** Commands of the user. One that cannot be sent waits until the room is connected again. Pure. */
export type Command = 'accept' | 'decline' | 'hangup'

export interface Commands {
  readonly send: (command: Command) => void
  /** Sends the command that waits. A later command has replaced an earlier one. */
  readonly sendWaiting: () => void
}

/** @param trySend returns false if the command was not sent */
export function createCommands(trySend: (command: Command) => boolean): Commands {
  let waiting: Command | undefined
  const send = (command: Command): void => {
    waiting = trySend(command) ? undefined : command
  }
  return {
    send,
    sendWaiting: () => {
      if (waiting) send(waiting)
    },
  }
}
