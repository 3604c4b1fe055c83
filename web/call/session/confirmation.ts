/** Reports `connected` once the audio uses candidates of the current epoch. */
import { usedFragment } from './line'

const CHECK_MS = 250
/** For browsers that do not say which candidate is in use. */
const UNCONFIRMED_AFTER = 12

/** User name fragment of a description's ICE session (RFC 8839, section 5.4). */
export const fragmentOf = (sdp: string | undefined): string | undefined =>
  /^a=ice-ufrag:(\S+)/m.exec(sdp ?? '')?.[1]

/** @param checks earlier checks in which the connection worked */
async function isUsingCurrent(connection: RTCPeerConnection, checks: number): Promise<boolean> {
  const stats = [...(await connection.getStats()).values()] as Readonly<Record<string, unknown>>[]
  const used = usedFragment(stats)
  if (used === undefined) return checks >= UNCONFIRMED_AFTER
  return used === fragmentOf(connection.localDescription?.sdp)
}

export interface ConfirmationOptions {
  /** The connection, if it works. */
  readonly working: () => RTCPeerConnection | undefined
  /** @returns whether the report was sent */
  readonly report: (epoch: number) => boolean
}

export class Confirmation {
  readonly #options: ConfirmationOptions
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(options: ConfirmationOptions) {
    this.#options = options
  }

  /** Waits for the audio of an epoch instead of that of an earlier one. The room ignores a repeated report. */
  start(epoch: number): void {
    this.stop()
    this.#plan(epoch, 0)
  }

  #plan(epoch: number, checks: number): void {
    this.#timer = setTimeout(() => void this.#check(epoch, checks), CHECK_MS)
  }

  async #check(epoch: number, checks: number): Promise<void> {
    const timer = this.#timer
    const connection = this.#options.working()
    const isUsed = connection !== undefined && (await isUsingCurrent(connection, checks))
    /** Stopped or started again meanwhile. */
    if (timer !== this.#timer) return
    if (isUsed && this.#options.report(epoch)) return
    this.#plan(epoch, connection ? checks + 1 : checks)
  }

  stop(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
  }
}
