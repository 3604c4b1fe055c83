/** The microphone, and the choice of devices. */
import type { Device, SessionState } from './session'

export type MicrophoneState = SessionState['microphone']

const WANTED = {
  echoCancellation: true,
  noiseSuppression: true,
  autoGainControl: true,
  channelCount: 1,
} as const

/** States by the name of `getUserMedia`'s `DOMException`. Any other name: the device failed, or is in use. */
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
  /** The device was lost, or another program has it. */
  #isUnavailable = false
  #asking: Promise<boolean> | undefined
  #isClosed = false

  constructor(listener: MicrophoneListener) {
    this.#listener = listener
  }

  get track(): MediaStreamTrack | null {
    return this.#track
  }

  /** Requests the microphone from the browser, unless it is on or already requested. */
  async turnOn(deviceId?: string): Promise<boolean> {
    if (deviceId !== undefined) return this.#acquire({ ...WANTED, deviceId: { exact: deviceId } })
    if (this.#track) return true
    this.#asking ??= this.#acquire(WANTED).finally(() => (this.#asking = undefined))
    return this.#asking
  }

  async #acquire(audio: MediaTrackConstraints): Promise<boolean> {
    if (!this.#track) this.#listener.onState('asking')
    try {
      const stream = await navigator.mediaDevices.getUserMedia({ audio })
      this.#use(stream.getAudioTracks()[0] ?? null)
      return this.#track !== null
    } catch (error) {
      const state = FAILURES[error instanceof Error ? error.name : ''] ?? 'failed'
      if (state === 'failed') this.#isUnavailable = true
      if (!this.#track) this.#listener.onState(state)
      return false
    }
  }

  #use(track: MediaStreamTrack | null): void {
    this.#track?.stop()
    if (this.#isClosed) return track?.stop()
    this.#track = track
    this.#isUnavailable = false
    if (track) {
      track.enabled = !this.#isMuted
      track.addEventListener('ended', () => this.#lose(track))
    }
    this.#listener.onTrack(track)
    this.#listener.onState(track ? 'on' : 'missing')
  }

  /** Handles a device that was unplugged, or that the system stopped, for example after a screen lock. */
  #lose(track: MediaStreamTrack): void {
    if (track !== this.#track) return
    this.#track = null
    this.#isUnavailable = true
    this.#listener.onTrack(null)
    void this.turnOn()
  }

  /** Turns an unavailable microphone on again, for example with a device that has been plugged in. */
  async restore(): Promise<void> {
    if (this.#isUnavailable && !this.#track && !this.#isClosed) await this.turnOn()
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
