/** Tones of a call, from oscillators. If the browser forbids audio, the page stays silent and works. */
export type Loop = 'ring' | 'ringback'
export type Once = 'low_credit' | 'end'

interface Note {
  readonly hertz: number
  readonly atSeconds: number
  readonly forSeconds: number
}

const note = (hertz: number, atSeconds: number, forSeconds: number): Note => ({
  hertz,
  atSeconds,
  forSeconds,
})

const NOTES: Readonly<Record<Loop | Once, readonly Note[]>> = {
  ring: [note(660, 0, 0.35), note(880, 0.4, 0.35), note(660, 0.9, 0.35), note(880, 1.3, 0.35)],
  ringback: [note(425, 0, 1)],
  low_credit: [note(880, 0, 0.15), note(880, 0.3, 0.15)],
  end: [note(480, 0, 0.2), note(400, 0.25, 0.3)],
}
const PERIOD_MS: Readonly<Record<Loop, number>> = { ring: 3500, ringback: 5000 }
const VOLUME = 0.12
/** Without a short slope, each tone would click. */
const SLOPE_SECONDS = 0.02

function sound(context: AudioContext, { hertz, atSeconds, forSeconds }: Note): OscillatorNode {
  const oscillator = context.createOscillator()
  const gain = context.createGain()
  const start = context.currentTime + atSeconds
  const stop = start + forSeconds
  oscillator.frequency.value = hertz
  gain.gain.setValueAtTime(0, start)
  gain.gain.linearRampToValueAtTime(VOLUME, start + SLOPE_SECONDS)
  gain.gain.setValueAtTime(VOLUME, stop - SLOPE_SECONDS)
  gain.gain.linearRampToValueAtTime(0, stop)
  oscillator.connect(gain).connect(context.destination)
  oscillator.start(start)
  oscillator.stop(stop)
  return oscillator
}

export interface Sounds {
  /** Repeats a tone until `loop` is called again; `null` stops it. */
  readonly loop: (name: Loop | null) => void
  readonly once: (name: Once) => void
  readonly close: () => void
}

/** Browsers allow audio after the first gesture on the page. */
const GESTURES = ['pointerdown', 'keydown'] as const

function createContext(): AudioContext | undefined {
  try {
    return new AudioContext()
  } catch {
    return undefined
  }
}

export function createSounds(): Sounds {
  const context = createContext()
  let timer: number | undefined
  let looped: Loop | null = null
  let oscillators: OscillatorNode[] = []

  const play = (name: Loop | Once): void => {
    if (context?.state !== 'running') return void context?.resume().catch(() => undefined)
    try {
      oscillators = NOTES[name].map((one) => sound(context, one))
    } catch {
      /** A tone that fails must not stop the call. */
    }
  }
  const loop = (name: Loop | null): void => {
    window.clearInterval(timer)
    if (looped !== null) for (const oscillator of oscillators) oscillator.disconnect()
    looped = name
    if (name === null) return
    play(name)
    timer = window.setInterval(() => play(name), PERIOD_MS[name])
  }
  const unlock = () => void context?.resume().catch(() => undefined)
  const restart = () => context?.state === 'running' && loop(looped)

  for (const gesture of GESTURES) window.addEventListener(gesture, unlock)
  context?.addEventListener('statechange', restart)
  return {
    loop,
    once: play,
    close: () => {
      loop(null)
      for (const gesture of GESTURES) window.removeEventListener(gesture, unlock)
      context?.removeEventListener('statechange', restart)
      void context?.close().catch(() => undefined)
    },
  }
}
