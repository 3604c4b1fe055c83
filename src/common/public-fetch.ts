/**
 * Requests to addresses that users chose. Without the compatibility flag, a request to a name of the deployment's own zone
 * would go to its origin, past its firewall; so without the flag no request leaves.
 */
const FLAG = 'global_fetch_strictly_public'

type Flags = Readonly<Record<string, boolean>>

/** @throws an error if the deployment does not have the flag of wrangler.toml */
export function requirePublicFetch(flags: Flags = Cloudflare.compatibilityFlags): void {
  if (!flags[FLAG]) throw new Error(`wrangler.toml must set the compatibility flag ${FLAG}`)
}

export async function publicFetch(request: Request, flags?: Flags): Promise<Response> {
  requirePublicFetch(flags)
  return fetch(request)
}
