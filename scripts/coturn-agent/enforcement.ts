/**
 * Ends sessions of expired and revoked credentials. coturn checks the expiry of a username when a session
 * first authenticates, and never again: an allocation goes on until it is cancelled.
 */
import type { CommandLine } from './command-line.ts'
import type { RevokedUsernames } from './revoked.ts'
import { parseSessionIds, parseUsernames, usernamesToCancel } from './sessions.ts'

export interface EnforcementOptions {
  readonly commandLine: Pick<CommandLine, 'run'>
  readonly revoked: RevokedUsernames
  readonly now: () => number
}

export interface Enforcement {
  /** Cancels all sessions whose username has expired or was revoked. @returns the number of sessions */
  sweep(): Promise<number>
  /** Records a revocation, then cancels its sessions. If coturn fails, the next sweep cancels them. */
  revoke(username: string): Promise<number>
  /** Reports whether the last sweep succeeded: without sweeps, a credential cannot be cut. */
  isWorking(): boolean
}

export function createEnforcement({ commandLine, revoked, now }: EnforcementOptions): Enforcement {
  let isWorking = false

  async function cancel(username: string): Promise<number> {
    const ids = parseSessionIds(await commandLine.run(`ps ${username}`), username)
    for (const id of ids) await commandLine.run(`cs ${id}`)
    return ids.length
  }

  async function cancelAll(nowMs: number): Promise<number> {
    revoked.removeExpired(nowMs)
    const usernames = parseUsernames(await commandLine.run('pu'))
    let cancelled = 0
    for (const username of usernamesToCancel(usernames, (name) => revoked.has(name), nowMs))
      cancelled += await cancel(username)
    return cancelled
  }

  return {
    async sweep() {
      try {
        const cancelled = await cancelAll(now())
        isWorking = true
        return cancelled
      } catch (error) {
        isWorking = false
        throw error
      }
    },

    async revoke(username) {
      revoked.add(username)
      return cancel(username)
    },

    isWorking: () => isWorking,
  }
}
