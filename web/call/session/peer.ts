/**
 * The connection between the two browsers. The caller sends the offer of each epoch; both may offer again
 * when the connection is lost (perfect negotiation, with the caller as the impolite side). A peer that was
 * loaded anew has another session, and gets a new connection.
 */
import type { Description, IceCandidate, IceServer, SentMessage } from '../../../client/room'
import { frugalOpus } from './frugal-opus'
import { usedFragment } from './line'

const DISCONNECTED_MS = 4000
const RECOVERY_MS = 5000
const CONFIRM_MS = 250
/** The room revokes the previous credentials after 30 s without a report. */
const MAX_CONFIRMATIONS = 120
/** For browsers that do not say which candidate is in use. */
const UNCONFIRMED_AFTER = 12

export interface PeerOptions {
  readonly isCaller: boolean
  readonly track: () => MediaStreamTrack | null
  readonly send: (message: SentMessage) => void
  readonly onMedia: (media: 'connecting' | 'connected' | 'interrupted') => void
  readonly onStream: (stream: MediaStream) => void
}

export interface EpochCredentials {
  readonly epoch: number
  readonly iceServers: readonly IceServer[]
  /** Null without a relay. */
  readonly untilMs: number | null
}

/** Session of a description (RFC 8866, section 5.2). */
const sessionOf = (sdp: string | undefined): string | undefined =>
  /^o=\S+ (\d+) /m.exec(sdp ?? '')?.[1]
const fragmentOf = (sdp: string | undefined): string | undefined =>
  /^a=ice-ufrag:(\S+)/m.exec(sdp ?? '')?.[1]

export class Peer {
  readonly #options: PeerOptions
  #connection: RTCPeerConnection | undefined
  #credentials: EpochCredentials | undefined
  #confirmedEpoch = 0
  #wasConnected = false
  #isClosed = false
  #recoveryTimer: ReturnType<typeof setTimeout> | undefined
  /** One step at a time: each changes the state of the negotiation. */
  #steps = Promise.resolve()

  constructor(options: PeerOptions) {
    this.#options = options
  }

  get connection(): RTCPeerConnection | undefined {
    return this.#connection
  }

  #step(run: () => Promise<void>): void {
    this.#steps = this.#runAfter(this.#steps, run)
  }

  /** If a step fails, the recovery negotiates again. */
  async #runAfter(earlier: Promise<void>, run: () => Promise<void>): Promise<void> {
    await earlier
    if (!this.#isClosed) await run().catch(() => undefined)
  }

  /**
   * Uses the credentials of an epoch; a repeat changes nothing.
   * @param isLate whether the call was already live when this page was loaded
   */
  useCredentials(credentials: EpochCredentials, isLate: boolean): void {
    if (this.#credentials && credentials.epoch <= this.#credentials.epoch) return
    const isFirst = this.#credentials === undefined
    this.#credentials = credentials
    this.#step(async () => {
      if (isFirst) this.#open()
      else this.#connection?.setConfiguration(this.#configuration())
      if (this.#options.isCaller || (isFirst && isLate)) await this.#offer(!isFirst)
      void this.#confirm(credentials.epoch)
    })
  }

  #configuration(): RTCConfiguration {
    const { iceServers = [], untilMs = null } = this.#credentials ?? {}
    return {
      iceServers: iceServers.map((server) => ({ ...server, urls: [...server.urls] })),
      iceTransportPolicy: untilMs === null ? 'all' : 'relay',
      bundlePolicy: 'max-bundle',
    }
  }

  #open(): RTCPeerConnection {
    this.#connection?.close()
    const connection = new RTCPeerConnection(this.#configuration())
    this.#connection = connection
    this.#options.onMedia(this.#wasConnected ? 'interrupted' : 'connecting')
    connection.addEventListener('icecandidate', ({ candidate }) => {
      if (!candidate || connection !== this.#connection) return
      this.#send({ type: 'candidate', candidate: candidate.toJSON() })
    })
    connection.addEventListener('track', ({ track, streams: [stream] }) =>
      this.#options.onStream(stream ?? new MediaStream([track])),
    )
    connection.addEventListener('connectionstatechange', () => this.#onState(connection))
    connection.addEventListener('iceconnectionstatechange', () => this.#onState(connection))
    return connection
  }

  #send(message: { type: 'candidate'; candidate: object } | Omit<Description, 'epoch'>): void {
    this.#options.send({ ...message, epoch: this.#credentials?.epoch ?? 0 })
  }

  #onState(connection: RTCPeerConnection): void {
    if (connection !== this.#connection || this.#isClosed) return
    const { connectionState, iceConnectionState } = connection
    if (connectionState === 'connected' && iceConnectionState !== 'disconnected') {
      this.#wasConnected = true
      clearTimeout(this.#recoveryTimer)
      this.#recoveryTimer = undefined
      this.#options.onMedia('connected')
    } else if (iceConnectionState === 'disconnected' || connectionState === 'failed') {
      this.#options.onMedia(this.#wasConnected ? 'interrupted' : 'connecting')
      this.#recoverIn(connectionState === 'failed' ? 0 : DISCONNECTED_MS)
    }
  }

  #recoverIn(delayMs: number): void {
    this.#recoveryTimer ??= setTimeout(() => {
      this.#recoveryTimer = undefined
      this.recover()
      this.#recoverIn(RECOVERY_MS)
    }, delayMs)
  }

  /** Negotiates again, unless the connection works. */
  recover(): void {
    const { connectionState, signalingState } = this.#connection ?? {}
    if (!this.#connection || (connectionState === 'connected' && signalingState === 'stable'))
      return
    this.#step(() => this.#offer(true))
  }

  #attachTrack(): void {
    const [transceiver] = this.#connection?.getTransceivers() ?? []
    if (!transceiver) return
    if (transceiver.direction !== 'sendrecv') transceiver.direction = 'sendrecv'
    void transceiver.sender.replaceTrack(this.#options.track())
  }

  /** Sends another track, without a negotiation. */
  replaceTrack(track: MediaStreamTrack | null): void {
    const [transceiver] = this.#connection?.getTransceivers() ?? []
    void transceiver?.sender.replaceTrack(track)
  }

  async #offer(isRestart: boolean): Promise<void> {
    const connection = this.#connection ?? this.#open()
    if (connection.getTransceivers().length === 0)
      connection.addTransceiver('audio', { direction: 'sendrecv' })
    this.#attachTrack()
    if (isRestart) connection.restartIce()
    if (connection.signalingState === 'have-local-offer')
      await connection.setLocalDescription({ type: 'rollback' })
    await connection.setLocalDescription()
    this.#sendDescription(connection)
  }

  #sendDescription({ localDescription }: RTCPeerConnection): void {
    if (localDescription?.type !== 'offer' && localDescription?.type !== 'answer') return
    const { type, sdp } = localDescription
    this.#send({ type, sdp: frugalOpus(sdp) })
  }

  receive(description: Description): void {
    this.#step(() =>
      description.type === 'offer' ? this.#onOffer(description) : this.#onAnswer(description),
    )
  }

  #isOtherSession({ sdp }: Description): boolean {
    const known = sessionOf(this.#connection?.currentRemoteDescription?.sdp)
    return known !== undefined && known !== sessionOf(sdp)
  }

  async #onOffer(offer: Description): Promise<void> {
    if (!this.#credentials) return
    const isOther = this.#isOtherSession(offer)
    const isCollision = this.#connection?.signalingState === 'have-local-offer'
    if (isCollision && this.#options.isCaller && !isOther) return
    const connection = isOther || !this.#connection ? this.#open() : this.#connection
    await connection.setRemoteDescription({ type: 'offer', sdp: offer.sdp })
    this.#attachTrack()
    await connection.setLocalDescription()
    this.#sendDescription(connection)
  }

  async #onAnswer(answer: Description): Promise<void> {
    if (this.#connection?.signalingState !== 'have-local-offer') return
    if (this.#isOtherSession(answer)) {
      this.#open()
      return this.#offer(false)
    }
    await this.#connection.setRemoteDescription({ type: 'answer', sdp: answer.sdp })
  }

  /** A candidate of an earlier negotiation is refused by the browser, and is not needed. */
  receiveCandidate(candidate: IceCandidate): void {
    this.#step(async () => {
      if (!this.#connection?.remoteDescription) return
      await this.#connection.addIceCandidate(candidate).catch(() => undefined)
    })
  }

  /** Reports `connected` once the audio uses candidates of the epoch. */
  async #confirm(epoch: number): Promise<void> {
    for (let count = 0; count < MAX_CONFIRMATIONS; count++) {
      await new Promise((resolve) => setTimeout(resolve, CONFIRM_MS))
      if (this.#isClosed || epoch !== this.#credentials?.epoch) return
      if (await this.#isUsingCurrent(count)) break
    }
    if (this.#isClosed || epoch <= this.#confirmedEpoch) return
    if (this.#connection?.connectionState !== 'connected') return
    this.#confirmedEpoch = epoch
    this.#options.send({ type: 'connected', epoch })
  }

  async #isUsingCurrent(count: number): Promise<boolean> {
    const connection = this.#connection
    if (connection?.connectionState !== 'connected' || connection.signalingState !== 'stable')
      return false
    const stats = [...(await connection.getStats()).values()] as Readonly<Record<string, unknown>>[]
    const used = usedFragment(stats)
    if (used === undefined) return count >= UNCONFIRMED_AFTER
    return used === fragmentOf(connection.localDescription?.sdp)
  }

  close(): void {
    this.#isClosed = true
    clearTimeout(this.#recoveryTimer)
    this.#connection?.close()
  }
}
