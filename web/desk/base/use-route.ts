/** Follows the fragment of the address. */
import { useEffect, useState } from 'preact/hooks'
import { linkTo, parseRoute, type Route } from './route'

export function useRoute(): Route {
  const [hash, setHash] = useState(location.hash)
  useEffect(() => {
    const follow = () => setHash(location.hash)
    window.addEventListener('hashchange', follow)
    return () => window.removeEventListener('hashchange', follow)
  }, [])
  return parseRoute(hash)
}

/** Changes the filter of a list without a new entry in the history. */
export function replaceQuery(
  path: readonly string[],
  query: Readonly<Record<string, string>>,
): void {
  history.replaceState(null, '', linkTo(path, query))
  window.dispatchEvent(new HashChangeEvent('hashchange'))
}
