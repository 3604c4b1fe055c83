/** Follows a call's events until the call ends. */
import { type CallEvent, watchCall as eventsOf } from '../../client/events'
import type { Api } from '../shared/api'

export interface Subscriber {
  readonly onEvent: (event: CallEvent) => void
  readonly onConnected: (isConnected: boolean) => void
}

/** @returns a function that stops following */
export function watchCall(
  api: Api,
  uuid: string,
  { onEvent, onConnected }: Subscriber,
): () => void {
  const stopped = new AbortController()
  const { signal } = stopped
  const follow = async () => {
    for await (const event of eventsOf(api.client, uuid, { signal, onConnected })) onEvent(event)
  }
  follow().catch(() => onConnected(false))
  return () => stopped.abort()
}
