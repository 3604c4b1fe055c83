/** A seat in a call: its connection to the room, the microphone, the audio of the peer, and their state. */
import { connectToRoom, type RoomConnection, type RoomMessage } from '../../../client/room'
import { createCommands } from './commands'
import { createLineMeter } from './line-meter'
import { listDevices, Microphone } from './microphone'
import { Peer } from './peer'
import type { CallSession, SessionState } from './session'

export interface SessionOptions {
  readonly origin: string
  readonly callUuid: string
  readonly token: string
}

const INITIAL: SessionState = {
  link: 'opening',
  rejection: null,
  view: null,
  clockOffsetMs: 0,
  microphone: 'off',
  isMuted: false,
  media: 'none',
  line: null,
  inputs: [],
  outputs: [],
  inputId: null,
  outputId: null,
  notice: null,
  answerFailure: null,
  ended: null,
}

export function createCallSession({ origin, callUuid, token }: SessionOptions): CallSession {
  let state = INITIAL
  const listeners = new Set<() => void>()
  let room: RoomConnection | undefined
  let peer: Peer | undefined
  const commands = createCommands((type) => room?.send({ type }) ?? false)
  const audio = new Audio()
  audio.autoplay = true

  function set(changes: Partial<SessionState>): void {
    state = { ...state, ...changes }
    for (const listener of listeners) listener()
  }

  const microphone = new Microphone({
    onState: (is) => {
      set({ microphone: is })
      if (is === 'on') void showDevices()
    },
    onTrack: (track) => {
      peer?.replaceTrack(track)
      if (track) set({ inputId: track.getSettings().deviceId ?? null })
    },
  })

  const line = createLineMeter({
    connection: () => peer?.connection,
    onLine: (measured) => set({ line: measured }),
    onSilence: (packets) => void room?.send({ type: 'report', ...packets }),
  })

  async function showDevices(): Promise<void> {
    const { inputs, outputs } = await listDevices()
    set({ inputs, outputs: 'setSinkId' in audio ? outputs : [] })
  }

  const peerOf = (isCaller: boolean): Peer =>
    (peer ??= new Peer({
      isCaller,
      track: () => microphone.track,
      send: (message) => room?.send(message) ?? false,
      onMedia: (media) => set({ media }),
      onStream: (stream) => {
        audio.srcObject = stream
        /** The user has clicked before, as some browsers require: to accept or to turn on the microphone. */
        audio.play().catch(() => undefined)
      },
    }))

  function receive(message: RoomMessage): void {
    const isCaller = state.view?.seat === 'caller'
    switch (message.type) {
      case 'state':
      case 'horizon_moved':
      case 'low_credit':
        return receiveView(message)
      case 'relay':
        peerOf(isCaller).useCredentials(message, state.view?.phase === 'live')
        return line.start()
      case 'offer':
      case 'answer':
        return peer?.receive(message)
      case 'candidate':
        return peer?.receiveCandidate(message.candidate)
      case 'answer_failed':
        return set({ answerFailure: message })
      case 'ended':
        set({ ended: message })
        return stop()
      // error: a message had no effect
      default:
    }
  }

  function receiveView({
    type,
    view,
  }: RoomMessage & { type: 'state' | 'horizon_moved' | 'low_credit' }) {
    const isBack = state.view?.isPeerPresent === false && view.isPeerPresent
    const notice = type === 'state' ? {} : { notice: { kind: type, atMs: view.atMs } }
    set({ view, clockOffsetMs: view.atMs - Date.now(), ...notice })
    commands.see(view.phase)
    /** In a live call, the room does not store messages of the peer for a client that is away. */
    if (isBack) peer?.recover()
  }

  function stop(): void {
    line.stop()
    peer?.close()
    microphone.close()
    audio.srcObject = null
  }

  const wake = (): void => {
    room?.retryNow()
    peer?.recover()
    void microphone.restore()
  }
  const onDevices = (): void => {
    void showDevices()
    void microphone.restore()
  }
  const onVisible = (): void => {
    if (document.visibilityState === 'visible') wake()
  }

  return {
    getState: () => state,
    subscribe: (listener) => {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    start() {
      const url = new URL(`/signaling/${callUuid}`, origin.replace(/^http/, 'ws'))
      url.searchParams.set('ticket', token)
      room = connectToRoom({
        url: url.href,
        onMessage: receive,
        onLink: (link) => {
          if (link === 'lost') commands.lose()
          set({ link })
        },
        onRejected: (rejection) => {
          set({ rejection })
          stop()
        },
      })
      window.addEventListener('online', wake)
      document.addEventListener('visibilitychange', onVisible)
      navigator.mediaDevices?.addEventListener('devicechange', onDevices)
    },
    turnOnMicrophone: async () => void (await microphone.turnOn()),
    async accept() {
      if (await microphone.turnOn()) commands.send('accept')
    },
    decline: () => commands.send('decline'),
    hangUp: () => commands.send('hangup'),
    setMuted(isMuted) {
      microphone.mute(isMuted)
      set({ isMuted })
    },
    async selectInput(id) {
      await microphone.turnOn(id)
    },
    async selectOutput(id) {
      await audio.setSinkId(id)
      set({ outputId: id })
    },
    close() {
      window.removeEventListener('online', wake)
      document.removeEventListener('visibilitychange', onVisible)
      navigator.mediaDevices?.removeEventListener('devicechange', onDevices)
      room?.close()
      stop()
    },
  }
}
