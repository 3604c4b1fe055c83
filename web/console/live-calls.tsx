/** Open calls at the top of the page, and the call whose credit ran out last. */
import { useEffect, useRef, useState } from 'preact/hooks'
import { SoundContext, SoundSwitch, useCallSounds } from './call-sounds'
import { hasRunOut } from './call-texts'
import { useDesk } from './desk'
import { type Call, isOpen } from './model'
import { OpenCall } from './open-call'
import { RunOutCall } from './run-out-call'
import { keep, readKept } from './session'
import './live-calls.css'

/** Remembers the call whose credit ran out while this page showed it, also across a checkout. */
function useRunOut(calls: readonly Call[]) {
  const [uuid, setUuid] = useState(() => readKept('ended-call'))
  const open = useRef<ReadonlySet<string>>(new Set())
  const show = (shown: string | null) => {
    keep('ended-call', shown)
    setUuid(shown)
  }
  useEffect(() => {
    const ended = calls.find((call) => open.current.has(call.uuid) && hasRunOut(call))
    open.current = new Set(calls.filter(isOpen).map((call) => call.uuid))
    if (ended) show(ended.uuid)
  }, [calls])
  return { runOut: calls.find((call) => call.uuid === uuid), dismiss: () => show(null) }
}

export function LiveCalls({ onEnded }: { readonly onEnded: () => void }) {
  const { holdings } = useDesk()
  const open = holdings.calls.filter(isOpen)
  const { runOut, dismiss } = useRunOut(holdings.calls)
  const { play, isMuted, toggle } = useCallSounds()
  const focusNext = () => {
    dismiss()
    onEnded()
  }
  return (
    <section class="live-calls" aria-label="Calls in progress">
      {runOut && <RunOutCall key={runOut.uuid} call={runOut} onDismiss={focusNext} />}
      <SoundContext.Provider value={play}>
        <ul class="open-calls">
          {open.map((call) => (
            <OpenCall key={call.uuid} call={call} onEnded={onEnded} />
          ))}
        </ul>
      </SoundContext.Provider>
      {open.length > 0 && <SoundSwitch isMuted={isMuted} toggle={toggle} />}
    </section>
  )
}
