/**
 * Ends all sessions of all users, a page at a time, and raises the users' token versions. After D1 was
 * restored to an earlier point, wallets remember higher versions than D1 has and refuse every new
 * token; a raised version is above them again. A repeat raises once more, which harms nothing.
 */
import { logEvent } from '../common/log'

export interface EndSessionsDeps {
  /** @returns the uuids of the page's users */
  readonly raiseVersions: (after: string, limit: number) => Promise<string[]>
}

export interface EndedPage {
  readonly users: number
  /** The last user of the page; null when there are no more. */
  readonly next: string | null
}

export async function endAllSessions(
  { raiseVersions }: EndSessionsDeps,
  after: string,
  limit: number,
): Promise<EndedPage> {
  const uuids = await raiseVersions(after, limit)
  logEvent('token_versions_raised', { rows: uuids.length })
  const next = uuids.length < limit ? null : (uuids.at(-1) ?? null)
  return { users: uuids.length, next }
}
