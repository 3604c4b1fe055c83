/** URL of the service: `--url`, or this machine with `PORT`. */
import { env } from 'node:process'
import { InvalidArgumentError, Option } from 'commander'

export const here = (): string => `http://localhost:${env['PORT']?.trim() || 8787}`

/** @throws an error for people unless the URL is http(s) and ends after the port */
export function clientInfoOf(address: string): string {
  const url = URL.parse(address.trim())
  if (url === null || !/^https?:$/.test(url.protocol))
    throw new InvalidArgumentError('It must be a URL such as http://localhost:8787.')
  if (url.href !== `${url.origin}/`)
    throw new InvalidArgumentError(`It must have only scheme, host and port, as in ${url.origin}.`)
  return url.origin
}

export const urlOption = (): Option =>
  new Option('--url <url>', 'URL of the service').default(here()).argParser(clientInfoOf)
