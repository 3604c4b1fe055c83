/**
 * The connection between the two browsers. The caller sends the offer of each epoch; both may offer again
 * when the connection is lost (perfect negotiation, with the caller as the impolite side). A peer page that
 * reloads sends another session, for which a new connection is created.
 */
import type { Description, IceCandidate, IceServer, SentMessage } from '../../../client/room'
import { Confirmation, fragmentOf } from './confirmation'
import { frugalOpus } from './frugal-opus'
import { Recovery } from './recovery'
import { sendTrack, transceiverOf } from './transceiver'

export interface PeerOptions {
  readonly isCaller: boolean
  readonly track: () => MediaStreamTrack | null
  /** @returns false if the message was not sent */
  readonly send: (message: SentMessage) => boolean
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

export class Peer {
  readonly #options: PeerOptions
  #connection: RTCPeerConnection | undefined
  #credentials: EpochCredentials | undefined
  #wasConnected = false
  #isClosed = false
  readonly #recovery: Recovery
  readonly #confirmation: Confirmation
  /** One step at a time: each changes the state of the negotiation. */
  #steps = Promise.resolve()

  constructor(options: PeerOptions) {
    this.#options = options
    const works = () => this.#works()
    this.#recovery = new Recovery({
      isCaller: options.isCaller,
      works,
      recover: () => this.recover(),
    })
    this.#confirmation = new Confirmation({
      working: () => (works() ? this.#connection : undefined),
      report: (epoch) => options.send({ type: 'connected', epoch }),
    })
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
   * Uses the credentials of an epoch. The room repeats them to a socket that has connected again: what was
   * sent before may be lost.
   * @param isLate whether the call was already live when this page was loaded
   */
  useCredentials(credentials: EpochCredentials, isLate: boolean): void {
    const { epoch: current = 0 } = this.#credentials ?? {}
    if (credentials.epoch < current) return
    this.#confirmation.start(credentials.epoch)
    this.#recovery.plan()
    if (credentials.epoch > current) this.#begin(credentials, isLate)
    else if (this.#options.isCaller) this.recover()
  }

  #begin(credentials: EpochCredentials, isLate: boolean): void {
    const isFirst = this.#credentials === undefined
    this.#credentials = credentials
    this.#step(async () => {
      const connection = this.#connection
      if (connection?.currentLocalDescription) connection.setConfiguration(this.#configuration())
      else this.#open()
      if (this.#options.isCaller || (isFirst && isLate)) await this.#offer(!isFirst)
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

  #works(): boolean {
    const { connectionState, iceConnectionState, signalingState } = this.#connection ?? {}
    const isConnected = connectionState === 'connected' && iceConnectionState !== 'disconnected'
    return isConnected && signalingState === 'stable'
  }

  #onState(connection: RTCPeerConnection): void {
    if (connection !== this.#connection || this.#isClosed) return
    const { connectionState, iceConnectionState } = connection
    if (connectionState === 'connected' && iceConnectionState !== 'disconnected') {
      this.#wasConnected = true
      if (this.#works()) this.#recovery.stop()
      this.#options.onMedia('connected')
    } else if (iceConnectionState === 'disconnected' || connectionState === 'failed') {
      this.#options.onMedia(this.#wasConnected ? 'interrupted' : 'connecting')
      if (connectionState === 'failed') this.#recovery.hasten()
      else this.#recovery.plan()
    }
  }

  /** Negotiates again, unless the connection works. */
  recover(): void {
    if (!this.#connection) return
    this.#step(async () => {
      if (!this.#works()) await this.#offer(true)
    })
  }

  /** Sends another track, without a negotiation. */
  replaceTrack(track: MediaStreamTrack | null): void {
    if (this.#connection) void transceiverOf(this.#connection)?.sender.replaceTrack(track)
  }

  async #offer(isRestart: boolean): Promise<void> {
    const connection = this.#connection ?? this.#open()
    this.#recovery.plan()
    const isUnanswered = connection.signalingState === 'have-local-offer'
    /** After a rollback, the first offer would get another mid, which a peer that has the offer rejects. */
    if (isUnanswered && !connection.currentLocalDescription)
      return this.#sendDescription(connection)
    if (!transceiverOf(connection)) connection.addTransceiver('audio', { direction: 'sendrecv' })
    sendTrack(connection, this.#options.track())
    if (isRestart) connection.restartIce()
    if (isUnanswered) await connection.setLocalDescription({ type: 'rollback' })
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
    this.#recovery.plan()
    await connection.setRemoteDescription({ type: 'offer', sdp: offer.sdp })
    sendTrack(connection, this.#options.track())
    await connection.setLocalDescription()
    this.#sendDescription(connection)
  }

  async #onAnswer(answer: Description): Promise<void> {
    const isExpected = this.#connection?.signalingState === 'have-local-offer'
    if (!isExpected && !this.#isOutdatedBy(answer)) return
    if (this.#isOtherSession(answer)) this.#open()
    else if (isExpected)
      return this.#connection?.setRemoteDescription({ type: 'answer', sdp: answer.sdp })
    await this.#offer(true)
  }

  /**
   * Reports whether the caller has used an answer to an earlier offer, and this one is to the latest. The
   * room repeats the earlier answer to a page that was loaded anew.
   */
  #isOutdatedBy({ sdp }: Description): boolean {
    const { signalingState, currentRemoteDescription } = this.#connection ?? {}
    if (!this.#options.isCaller || signalingState !== 'stable') return false
    return fragmentOf(currentRemoteDescription?.sdp) !== fragmentOf(sdp)
  }

  /** The browser rejects a candidate of an earlier negotiation, which is not needed. */
  receiveCandidate(candidate: IceCandidate): void {
    this.#step(async () => {
      if (!this.#connection?.remoteDescription) return
      await this.#connection.addIceCandidate(candidate).catch(() => undefined)
    })
  }

  close(): void {
    this.#isClosed = true
    this.#recovery.stop()
    this.#confirmation.stop()
    this.#connection?.close()
  }
}
