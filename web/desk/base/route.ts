/** Place in the back office: the fragment `#/customers/<uuid>?kind=payment`. It never holds personal data. Pure. */
export interface Route {
  /** `['customers', '<uuid>']` */
  readonly path: readonly string[]
  readonly query: Readonly<Record<string, string>>
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

export function parseRoute(hash: string): Route {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split('?')
  return {
    path: path.split('/').filter(Boolean).map(decode),
    query: Object.fromEntries(new URLSearchParams(query)),
  }
}

/** Link to a place. Empty values of the query are left out. */
export function linkTo(
  path: readonly string[],
  query: Readonly<Record<string, string | undefined>> = {},
): string {
  const filled = Object.entries(query).flatMap(([name, value]) => (value ? [[name, value]] : []))
  const suffix = filled.length === 0 ? '' : `?${new URLSearchParams(filled).toString()}`
  return `#/${path.map(encodeURIComponent).join('/')}${suffix}`
}

export const customerLink = (uuid: string): string => linkTo(['customers', uuid])
