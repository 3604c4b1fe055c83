/** The microphone, and the choice of devices. */
import type { Device, SessionState } from './session'

export type MicrophoneState = SessionState['microphone']

const WANTED = {
  echoCancellation: true,
  noiseSuppression: true,
  autoGainControl: true,
  channelCount: 1,
} as const

/** Names of `DOMException`s of `getUserMedia`. Any other means that the device failed, or is in use. */
const FAILURES: Readonly<Record<string, MicrophoneState>> = {
  NotAllowedError: 'refused',
  SecurityError: 'refused',
  NotFoundError: 'missing',
  OverconstrainedError: 'missing',
}

export interface MicrophoneListener {
  readonly onState: (state: MicrophoneState) => void
  /** A new track, or null when there is none. */
  readonly onTrack: (track: MediaStreamTrack | null) => void
}

export class Microphone {
  readonly #listener: MicrophoneListener
  #track: MediaStreamTrack | null = null
  #isMuted = false
  #isClosed = false

  constructor(listener: MicrophoneListener) {
    this.#listener = listener
  }

  get track(): MediaStreamTrack | null {
    return this.#track
  }

  /** Asks the browser for the microphone, unless it is on. */
  async turnOn(deviceId?: string): Promise<boolean> {
    if (this.#track && deviceId === undefined) return true
    if (!this.#track) this.#listener.onState('asking')
    try {
      const audio = deviceId === undefined ? WANTED : { ...WANTED, deviceId: { exact: deviceId } }
      const stream = await navigator.mediaDevices.getUserMedia({ audio })
      this.#use(stream.getAudioTracks()[0] ?? null)
      return this.#track !== null
    } catch (error) {
      const name = error instanceof Error ? error.name : ''
      if (!this.#track) this.#listener.onState(FAILURES[name] ?? 'failed')
      return false
    }
  }

  #use(track: MediaStreamTrack | null): void {
    this.#track?.stop()
    if (this.#isClosed) return track?.stop()
    this.#track = track
    if (track) {
      track.enabled = !this.#isMuted
      track.addEventListener('ended', () => this.#lose(track))
    }
    this.#listener.onTrack(track)
    this.#listener.onState(track ? 'on' : 'missing')
  }

  /** The device was unplugged, or the system took it, for example after a screen lock. */
  #lose(track: MediaStreamTrack): void {
    if (track !== this.#track) return
    this.#track = null
    this.#listener.onTrack(null)
    void this.turnOn()
  }

  mute(isMuted: boolean): void {
    this.#isMuted = isMuted
    if (this.#track) this.#track.enabled = !isMuted
  }

  close(): void {
    this.#isClosed = true
    this.#track?.stop()
    this.#track = null
  }
}

/** Devices by kind. Browsers name them only after the permission. */
export async function listDevices(): Promise<Record<'inputs' | 'outputs', readonly Device[]>> {
  const devices = await navigator.mediaDevices.enumerateDevices()
  const ofKind = (kind: MediaDeviceKind): Device[] =>
    devices
      .filter((device) => device.kind === kind && device.deviceId !== '')
      .map(({ deviceId: id, label }) => ({ id, label }))
  return { inputs: ofKind('audioinput'), outputs: ofKind('audiooutput') }
}
