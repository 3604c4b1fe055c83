/** Relying party to which passkeys are bound (WebAuthn section 5.1.2), from the configuration. Pure. */

export interface RelyingParty {
  /** A host name. Passkeys are bound to it forever. */
  readonly id: string
  readonly allowsOrigin: (origin: string) => boolean
}

const isBelow = (hostname: string, id: string): boolean =>
  hostname === id || hostname.endsWith(`.${id}`)

/** Reports whether browsers allow passkeys on each origin, with the host name of the first one as ID. */
export function arePasskeyOrigins(origins: readonly string[]): boolean {
  const urls = origins.map((origin) => new URL(origin))
  const id = urls[0]?.hostname ?? ''
  return urls.every(
    ({ protocol, hostname }) =>
      isBelow(hostname, id) &&
      !/^[\d.]+$|^\[/.test(hostname) &&
      (protocol === 'https:' || isBelow(hostname, 'localhost')),
  )
}

/** @param origins allowed origins; the host name of the first one is the ID */
export const relyingPartyOf = (origins: readonly string[]): RelyingParty | undefined =>
  origins[0] === undefined
    ? undefined
    : { id: new URL(origins[0]).hostname, allowsOrigin: (origin) => origins.includes(origin) }

/** Pages of this machine, on any port. */
export const LOCAL_PARTY: RelyingParty = {
  id: 'localhost',
  allowsOrigin: (origin) => URL.parse(origin)?.hostname === 'localhost',
}
