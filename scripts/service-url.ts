/** The address of the service that a tool talks to: `--url`, or this machine's at `PORT`. */
import { env, exit } from 'node:process'
import { parseArgs } from 'node:util'

export const HERE = `http://localhost:${env['PORT']?.trim() || 8787}`

/** @throws a sentence for an address that is not http(s) with nothing after host and port */
export function clientInfoOf(address: string): string {
  const url = URL.parse(address.trim())
  if (url === null || !/^https?:$/.test(url.protocol))
    throw new Error(`--url must be an address such as ${HERE}, and not ${address}`)
  if (url.href !== `${url.origin}/`)
    throw new Error(`--url must end after host and port, as in ${url.origin}`)
  return url.origin
}

/** The one flag of a tool that has no other. Prints what is wrong with it and exits with 1. */
export function readServiceUrl(): string {
  try {
    const { values } = parseArgs({ options: { url: { type: 'string', default: HERE } } })
    return clientInfoOf(values.url)
  } catch (error) {
    console.error(error instanceof Error ? error.message : error)
    return exit(1)
  }
}
