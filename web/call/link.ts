/** The link of a call. Its secrets are in the fragment, which browsers do not send. Pure. */
export interface CallLink {
  readonly callUuid: string
  readonly token: string
  /** Lets the caller top up. */
  readonly accessToken: string | null
}

const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i
const TOKEN = /^[\w-]{16,2048}(?:\.[\w-]{1,2048}){0,2}$/
const JWT = /^[\w-]{1,4096}\.[\w-]{1,4096}\.[\w-]{1,4096}$/

/**
 * Reads `#<call uuid>/<token>`, optionally with `&access_token=<JWT>`.
 * @returns null if the fragment is not a link of a call
 */
export function parseLink(fragment: string): CallLink | null {
  const [path = '', ...parameters] = fragment.replace(/^#/, '').split('&')
  const [callUuid = '', token = '', ...rest] = path.split('/')
  if (!UUID.test(callUuid) || !TOKEN.test(token) || rest.length > 0) return null
  const accessToken = new URLSearchParams(parameters.join('&')).get('access_token')
  const isUsable = accessToken !== null && JWT.test(accessToken)
  return { callUuid: callUuid.toLowerCase(), token, accessToken: isUsable ? accessToken : null }
}
