/** How every tool sends a request: past all proxies if the service is on this machine. */
import { env, execArgv } from 'node:process'

type Environment = Readonly<Record<string, string | undefined>>

const isLoopback = (hostname: string): boolean =>
  /^(127(\.\d+){3}|\[::1\]|(.+\.)?localhost\.?)$/i.test(hostname)

/** What `no_proxy` has to be for a host of this machine; as it is for another. */
export function noProxyFor(hostname: string, noProxy: string | undefined): string | undefined {
  if (!isLoopback(hostname) || noProxy === '*') return noProxy
  const hosts = (noProxy ?? '').split(/[,\s]+/).filter(Boolean)
  return hosts.includes(hostname) ? noProxy : [...hosts, hostname].join(',')
}

/** The proxy that Node sends a request through, without its password. */
export function proxyOf(url: URL, environment: Environment, flags: readonly string[] = []) {
  const isUsed =
    environment['NODE_USE_ENV_PROXY'] === '1' ||
    [...flags, environment['NODE_OPTIONS'] ?? ''].join(' ').includes('--use-env-proxy')
  const name = url.protocol === 'https:' ? 'https_proxy' : 'http_proxy'
  const proxy = environment[name] ?? environment[name.toUpperCase()]
  const past = environment['no_proxy'] ?? environment['NO_PROXY'] ?? ''
  if (!isUsed || !proxy || past === '*' || past.split(/[,\s]+/).includes(url.hostname))
    return undefined
  return proxy.replace(/\/\/[^@/]*@/, '//')
}

export const unreachable = (url: URL, proxy: string | undefined): string =>
  proxy === undefined
    ? `Nothing answers at ${url.origin}. Start the service with \`npm start\`, or name it: --url.`
    : `${url.origin} cannot be reached through the proxy ${proxy}. Name the host in NO_PROXY to go past it.`

/** @throws a sentence where nothing answers; fetch's own error where the time is up */
export async function request(target: URL | Request, init: RequestInit = {}): Promise<Response> {
  const url = target instanceof Request ? new URL(target.url) : target
  const noProxy = noProxyFor(url.hostname, env['no_proxy'] ?? env['NO_PROXY'])
  if (noProxy !== undefined) env['no_proxy'] = noProxy
  try {
    return await fetch(target, init)
  } catch (error) {
    if (error instanceof Error && error.name === 'TimeoutError') throw error
    throw new Error(unreachable(url, proxyOf(url, env, execArgv)), { cause: error })
  }
}

export const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error)
