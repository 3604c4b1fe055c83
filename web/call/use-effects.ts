/** Effects of the shown screen outside the page: tones, the microphone, the screen's wake lock. */
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import { forgetAccessToken } from './kept-link'
import type { Screen } from './screen'
import type { CallSession, SessionState } from './session/session'
import { createSounds, type Sounds } from '../shared/sounds'

export function useSounds({ name, seat, sound }: Screen, notice: SessionState['notice']): void {
  const sounds = useRef<Sounds | null>(null)
  useEffect(() => {
    sounds.current = createSounds()
    return () => sounds.current?.close()
  }, [])
  useEffect(() => sounds.current?.loop(sound), [sound])
  useEffect(() => {
    if (name === 'ended') sounds.current?.once('end')
  }, [name])
  const lowAtMs = notice?.kind === 'low_credit' && seat === 'caller' ? notice.atMs : null
  useEffect(() => {
    if (lowAtMs !== null) sounds.current?.once('low_credit')
  }, [lowAtMs])
}

/**
 * Turns on the microphone without a click: in an accepted call, for example after a reload, and while the
 * caller waits, if the browser has the permission already.
 */
export function useMicrophone(session: CallSession, { name, seat }: Screen, isOff: boolean): void {
  const isNeeded = name === 'connecting' || name === 'talking'
  const isWaiting = seat === 'caller' && (name === 'waiting' || name === 'ringing')
  const turnedOnFor = useRef<CallSession | null>(null)
  useEffect(() => {
    const turnOn = () => {
      if (turnedOnFor.current === session) return
      turnedOnFor.current = session
      void session.turnOnMicrophone()
    }
    if (!isOff) return
    if (isNeeded) turnOn()
    else if (isWaiting) void isMicrophoneGranted().then((isGranted) => isGranted && turnOn())
  }, [session, isNeeded, isWaiting, isOff])
}

async function isMicrophoneGranted(): Promise<boolean> {
  try {
    const { state } = await navigator.permissions.query({ name: 'microphone' })
    return state === 'granted'
  } catch {
    return false
  }
}

/** Keeps the screen on. The browser releases the lock while the page is hidden. */
export function useWakeLock(isNeeded: boolean): void {
  useEffect(() => {
    if (!isNeeded || !('wakeLock' in navigator)) return undefined
    let isOver = false
    let lock: WakeLockSentinel | undefined
    const acquire = async () => {
      if (document.visibilityState !== 'visible' || (lock && !lock.released)) return
      try {
        lock = await navigator.wakeLock.request('screen')
        if (isOver) await lock.release()
      } catch {
        /** A phone in power-saving mode rejects the request. The call works without the lock. */
      }
    }
    const onVisible = () => void acquire()
    onVisible()
    document.addEventListener('visibilitychange', onVisible)
    return () => {
      isOver = true
      document.removeEventListener('visibilitychange', onVisible)
      void lock?.release().catch(() => undefined)
    }
  }, [isNeeded])
}

export function useEnd(isEnded: boolean): void {
  useEffect(() => {
    if (isEnded) forgetAccessToken()
  }, [isEnded])
}

/**
 * Moves the focus to the heading if the focused control has disappeared, and at the start. A control in
 * use keeps the focus; the new heading is then announced.
 * @returns text to announce
 */
export function useFocus(heading: { readonly id: string; readonly text: string }): string {
  const { id, text } = heading
  const [announced, setAnnounced] = useState('')
  const focused = useRef<Element | null>(null)
  /** Heading that screen readers announced because it received the focus. */
  const heard = useRef<string | null>(null)
  useLayoutEffect(() => {
    const note = ({ target }: FocusEvent) => {
      focused.current = target instanceof Element ? target : null
    }
    document.addEventListener('focusin', note)
    return () => document.removeEventListener('focusin', note)
  }, [])
  useLayoutEffect(() => {
    if (focused.current?.isConnected) return
    document.querySelector<HTMLElement>(`#${id}`)?.focus({ preventScroll: true })
    heard.current = text
  })
  useLayoutEffect(() => setAnnounced(heard.current === text ? '' : text), [text])
  return announced
}
