/** The one transceiver of a call's connection. */

/** One without a mid is left from an offer that gave way to the caller's. */
export function transceiverOf(connection: RTCPeerConnection): RTCRtpTransceiver | undefined {
  const transceivers = connection.getTransceivers()
  return transceivers.find(({ mid }) => mid !== null) ?? transceivers[0]
}

/** Sends and receives audio on the call's transceiver, and on no other. */
export function sendTrack(connection: RTCPeerConnection, track: MediaStreamTrack | null): void {
  const used = transceiverOf(connection)
  if (!used) return
  for (const one of connection.getTransceivers()) if (one !== used) one.stop()
  if (used.direction !== 'sendrecv') used.direction = 'sendrecv'
  void used.sender.replaceTrack(track)
}
