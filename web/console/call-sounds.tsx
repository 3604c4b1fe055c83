/** Tones of the console's calls, and the switch that mutes them. */
import { createContext } from 'preact'
import { useCallback, useEffect, useRef, useState } from 'preact/hooks'
import { Button } from '../shared/button'
import { createSounds, type Once, type Sounds } from '../shared/sounds'
import { keep, readKept } from './session'

export type Play = (tone: Once) => void

export const SoundContext = createContext<Play>(() => undefined)

export interface CallSounds {
  readonly play: Play
  readonly isMuted: boolean
  readonly toggle: () => void
}

export function useCallSounds(): CallSounds {
  const sounds = useRef<Sounds | null>(null)
  const [isMuted, setMuted] = useState(() => readKept('muted') !== null)
  const muted = useRef(isMuted)
  muted.current = isMuted
  useEffect(() => {
    sounds.current = createSounds()
    return () => sounds.current?.close()
  }, [])
  const play = useCallback<Play>((tone) => {
    if (!muted.current) sounds.current?.once(tone)
  }, [])
  const toggle = () => {
    keep('muted', isMuted ? null : 'yes')
    setMuted(!isMuted)
  }
  return { play, isMuted, toggle }
}

export const SoundSwitch = ({ isMuted, toggle }: Omit<CallSounds, 'play'>) => (
  <Button isSmall onClick={toggle}>
    {isMuted ? 'Turn tones on' : 'Turn tones off'}
  </Button>
)
