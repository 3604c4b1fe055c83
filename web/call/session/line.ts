/** Quality of the line, from two snapshots of the connection's statistics. Pure. */
import type { SessionState } from './session'

export interface Snapshot {
  readonly atMs: number
  /** Bytes of both directions, with the headers of IPv4 and UDP, for which mobile data is charged too. */
  readonly bytes: number
  readonly packetsReceived: number
  readonly packetsLost: number
  /** From the peer's reports. */
  readonly rttMs: number | null
  readonly peerLossFraction: number | null
}

export type Line = NonNullable<SessionState['line']>

const HEADER_BYTES = 28
const WEAK_LOSS = 0.05
const WEAK_RTT_MS = 500
const SILENT_MS = 3000
/** Fraction of the limits below which a weak line is good again. */
const RECOVERED = 0.6

/**
 * @param lastPacketMs instant of the last packet of the peer
 * @param wasWeak whether the line was weak before
 */
export function lineOf(
  before: Snapshot,
  after: Snapshot,
  lastPacketMs: number,
  wasWeak: boolean,
): Line {
  const elapsedMs = Math.max(1, after.atMs - before.atMs)
  const received = after.packetsReceived - before.packetsReceived
  const lost = Math.max(0, after.packetsLost - before.packetsLost)
  const ownLoss = received + lost === 0 ? 0 : lost / (received + lost)
  const lossFraction = Math.max(ownLoss, after.peerLossFraction ?? 0)
  const bound = wasWeak ? RECOVERED : 1
  const isWeak =
    lossFraction > WEAK_LOSS * bound ||
    (after.rttMs ?? 0) > WEAK_RTT_MS * bound ||
    after.atMs - lastPacketMs >= SILENT_MS
  const bytes = Math.max(0, after.bytes - before.bytes)
  const kilobytesPerMinute = (bytes * 60) / elapsedMs
  return { isWeak, kilobytesPerMinute, rttMs: after.rttMs, lossFraction }
}

/** Fields of the browser's statistics that are used (W3C, Identifiers for WebRTC's Statistics API). */
type Stat = Readonly<Record<string, unknown>>

const numberIn = (stat: Stat | undefined, name: string): number | null => {
  const value = stat?.[name]
  return typeof value === 'number' ? value : null
}

/** @param stats statistics of the connection, as `RTCStatsReport.values()` returns them */
export function snapshotOf(stats: readonly Stat[], atMs: number): Snapshot {
  const audioOf = (type: string) =>
    stats.find((stat) => stat['type'] === type && stat['kind'] === 'audio')
  const inbound = audioOf('inbound-rtp')
  const remote = audioOf('remote-inbound-rtp')
  const pair = selectedPairOf(stats)
  const sumOf = (...names: string[]) =>
    names.reduce((sum, name) => sum + (numberIn(pair, name) ?? 0), 0)
  const rtt = numberIn(remote, 'roundTripTime') ?? numberIn(pair, 'currentRoundTripTime')
  return {
    atMs,
    bytes:
      sumOf('bytesSent', 'bytesReceived') + HEADER_BYTES * sumOf('packetsSent', 'packetsReceived'),
    packetsReceived: numberIn(inbound, 'packetsReceived') ?? 0,
    packetsLost: numberIn(inbound, 'packetsLost') ?? 0,
    rttMs: rtt === null ? null : rtt * 1000,
    peerLossFraction: numberIn(remote, 'fractionLost'),
  }
}

function selectedPairOf(stats: readonly Stat[]): Stat | undefined {
  const selected = stats.find((stat) => stat['type'] === 'transport')?.['selectedCandidatePairId']
  const pairs = stats.filter((stat) => stat['type'] === 'candidate-pair')
  return (
    pairs.find((pair) => pair['id'] === selected) ??
    pairs.find((pair) => pair['nominated'] === true && pair['state'] === 'succeeded')
  )
}

/** User name fragment of the local candidate in use. `undefined` if the browser does not report it. */
export function usedFragment(stats: readonly Stat[]): string | undefined {
  const id = selectedPairOf(stats)?.['localCandidateId']
  const fragment = stats.find((stat) => stat['id'] === id)?.['usernameFragment']
  return typeof fragment === 'string' ? fragment : undefined
}
