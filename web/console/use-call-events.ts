/** Events of an open call, with their announcements and tones. */
import { useContext, useEffect, useState } from 'preact/hooks'
import { SoundContext } from './call-sounds'
import { hasRunOut, noticeOf } from './call-texts'
import { useDesk } from './desk'
import type { Call, CallEvent } from './model'
import { watchCall } from './watch-call'

export function useCallEvents({ uuid }: Call) {
  const { api, clock, putCall, refresh, announce } = useDesk()
  const play = useContext(SoundContext)
  const [events, setEvents] = useState<readonly CallEvent[]>([])
  const [isConnected, setConnected] = useState(false)
  useEffect(() => {
    const onEvent = (event: CallEvent) => {
      clock.aheadMs = Date.parse(event.at) - Date.now()
      setEvents((before) => [...before, event])
      putCall(event.call)
      announce(noticeOf(event))
      if (event.type === 'low_credit') play('low_credit')
      if (event.call.ended_at !== null && hasRunOut(event.call)) play('end')
      if (event.type !== 'state') void refresh()
    }
    return watchCall(api, uuid, { onEvent, onConnected: setConnected })
  }, [api, uuid, clock, putCall, refresh, announce, play])
  return { events, isConnected }
}
