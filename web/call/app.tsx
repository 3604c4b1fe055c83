import { useLayoutEffect } from 'preact/hooks'
import { Actions } from './actions'
import { Banners } from './banners'
import { Details, Devices } from './devices'
import { MeterView, ReceiptView } from './figures'
import type { StartTopUp } from './payment'
import { hasControls, type Screen, screenOf } from './screen'
import type { CallSession } from './session/session'
import * as texts from './texts'
import { TopUp } from './top-up'
import { useEnd, useFocus, useMicrophone, useSounds, useWakeLock } from './use-effects'
import { useNow, useSession } from './use-session'
import { Emblem, EmergencyNote } from './visuals'
import './call.css'

interface AppProps {
  readonly connect: () => CallSession
  /** Null without an access token. */
  readonly startTopUp: StartTopUp | null
}

const HEADING = 'heading'
/** Before and during the call, controls keep their places, and with them the focus. */
const stageOf = (screen: Screen): string => (hasControls(screen) ? 'call' : screen.name)
const EMERGENCY_ON = new Set<Screen['name']>([
  'opening',
  'waiting',
  'ringing',
  'incoming',
  'connecting',
  'talking',
])

export function App({ connect, startTopUp }: AppProps) {
  const { session, state, restart } = useSession(connect)
  const screen = screenOf(state, useNow())
  const heading = texts.heading(screen)
  const announced = useFocus({ id: HEADING, text: heading })
  const title = texts.title(screen)
  useLayoutEffect(() => void (document.title = title), [title])
  useSounds(screen, state.notice)
  useMicrophone(session, screen, state.microphone === 'off')
  useWakeLock(hasControls(screen))
  useEnd(screen.name === 'ended' || screen.rejection === 'call_ended')

  return (
    <main class={`call ${screen.name}`}>
      <section class="stage" key={stageOf(screen)}>
        <Emblem screen={screen} />
        <h1 id={HEADING} tabIndex={-1}>
          {heading}
        </h1>
        {texts.paragraphs(screen).map((text) => (
          <p class="lead" key={text.slice(0, 12)}>
            {text}
          </p>
        ))}
        {screen.meter && <MeterView meter={screen.meter} />}
        {screen.receipt && (
          <ReceiptView receipt={screen.receipt} isCharged={screen.seat === 'caller'} />
        )}
        <Actions screen={screen} session={session} isMuted={state.isMuted} onRestart={restart} />
      </section>
      <Banners screen={screen} announced={announced} />
      {startTopUp && screen.offersTopUp && (
        <TopUp startTopUp={startTopUp} isOver={screen.meter === null} />
      )}
      {hasControls(screen) && <Devices session={session} state={state} />}
      {state.line && screen.name === 'talking' && <Details line={state.line} />}
      {EMERGENCY_ON.has(screen.name) && <EmergencyNote />}
    </main>
  )
}
