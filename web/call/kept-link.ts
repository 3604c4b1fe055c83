/** Moves the link from the address bar to the tab's storage. A reload still works, and the link is not visible. */
import { type CallLink, parseLink } from './link'

const KEPT = 'aileana.call'

/** Private windows and embedded browsers may forbid storage. The call works without it. */
function store(link: CallLink): void {
  try {
    sessionStorage.setItem(KEPT, JSON.stringify(link))
  } catch {
    /** A reload then needs the link again. */
  }
}

function stored(): CallLink | null {
  try {
    return JSON.parse(sessionStorage.getItem(KEPT) ?? 'null') as CallLink | null
  } catch {
    return null
  }
}

/** @returns null if the page was opened without a valid link */
export function takeLink(): CallLink | null {
  const { hash, pathname } = location
  if (hash.length <= 1) return stored()
  history.replaceState(history.state, '', pathname)
  const link = parseLink(hash)
  if (link) store(link)
  return link
}

/** Removes the access token, which a reload after the call does not need. */
export function forgetAccessToken(): void {
  const link = stored()
  if (link) store({ ...link, accessToken: null })
}
