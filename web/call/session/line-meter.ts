/** Measures the line every two seconds while the call has media. */
import { type Line, lineOf, type Snapshot, snapshotOf } from './line'

const EVERY_MS = 2000
const REPORT_AFTER_MS = 5000

export interface PacketReport {
  readonly lost: number
  readonly received: number
  readonly rtt: number | null
}

export interface LineMeterOptions {
  readonly connection: () => RTCPeerConnection | undefined
  readonly onLine: (line: Line) => void
  /** The peer's packets have stopped, or returned. */
  readonly onSilence: (report: PacketReport) => void
}

export interface LineMeter {
  readonly start: () => void
  readonly stop: () => void
}

export function createLineMeter({ connection, onLine, onSilence }: LineMeterOptions): LineMeter {
  let timer: ReturnType<typeof setInterval> | undefined
  let before: Snapshot | undefined
  let isWeak = false
  let isSilent = false
  let lastPacketMs = 0

  async function measure(): Promise<void> {
    const measured = connection()
    /** Once it was connected, silence counts also while it is not. */
    if (!measured || (measured.connectionState !== 'connected' && before === undefined)) return
    const stats = [...(await measured.getStats()).values()] as Readonly<Record<string, unknown>>[]
    const after = snapshotOf(stats, Date.now())
    /** A new connection counts from 0. */
    const isNew = before !== undefined && after.packetsReceived < before.packetsReceived
    const earlier = isNew ? 0 : (before?.packetsReceived ?? 0)
    if (before === undefined || after.packetsReceived > earlier) lastPacketMs = after.atMs
    if (before && !isNew) {
      const line = lineOf(before, after, lastPacketMs, isWeak)
      isWeak = line.isWeak
      onLine(line)
    }
    before = after
    reportSilence(after)
  }

  function reportSilence({ atMs, packetsLost: lost, packetsReceived: received, rttMs }: Snapshot) {
    const wasSilent = isSilent
    isSilent = atMs - lastPacketMs >= REPORT_AFTER_MS
    if (isSilent !== wasSilent) onSilence({ lost, received, rtt: rttMs })
  }

  return {
    start: () => {
      timer ??= setInterval(() => void measure(), EVERY_MS)
    },
    stop: () => {
      clearInterval(timer)
      timer = undefined
    },
  }
}
