/** The address of the service that a command talks to: `--url`, or this machine's at `PORT`. */
import { env } from 'node:process'
import { InvalidArgumentError, Option } from 'commander'

export const here = (): string => `http://localhost:${env['PORT']?.trim() || 8787}`

/** @throws a sentence for an address that is not http(s) with nothing after host and port */
export function clientInfoOf(address: string): string {
  const url = URL.parse(address.trim())
  if (url === null || !/^https?:$/.test(url.protocol))
    throw new InvalidArgumentError('It must be an address such as http://localhost:8787.')
  if (url.href !== `${url.origin}/`)
    throw new InvalidArgumentError(`It must end after host and port, as in ${url.origin}.`)
  return url.origin
}

export const urlOption = (): Option =>
  new Option('--url <url>', 'where the service runs').default(here()).argParser(clientInfoOf)
