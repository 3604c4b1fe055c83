/**
 * Ends all sessions of all users, page by page, and raises their token versions. After D1 was restored,
 * wallets have higher versions than D1 and reject every new token; raised versions are higher again. A
 * repeat raises the versions once more and is harmless.
 */
import { logEvent } from '../common/log'

export interface EndSessionsDeps {
  /** @returns UUIDs of the page's users */
  readonly raiseVersions: (after: string, limit: number) => Promise<string[]>
}

export interface EndedPage {
  readonly users: number
  /** Last user of the page; null after the last page. */
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
