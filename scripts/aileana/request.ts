/** Sends requests of the tools, without a proxy to a service on this machine. */
import { env, execArgv } from 'node:process'

type Environment = Readonly<Record<string, string | undefined>>

export const isLoopback = (hostname: string): boolean =>
  /^(127(\.\d+){3}|\[::1\]|(.+\.)?localhost\.?)$/i.test(hostname)

/** Adds a host of this machine to `no_proxy`; other hosts leave it unchanged. */
export function noProxyFor(hostname: string, noProxy: string | undefined): string | undefined {
  if (!isLoopback(hostname) || noProxy === '*') return noProxy
  const hosts = (noProxy ?? '').split(/[,\s]+/).filter(Boolean)
  return hosts.includes(hostname) ? noProxy : [...hosts, hostname].join(',')
}

/** Proxy that Node uses for a request, without its password. */
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
    ? `No service responds at ${url.origin}. Start it with \`npm start\`, or use --url.`
    : `${url.origin} cannot be reached through the proxy ${proxy}. Add the host to NO_PROXY to bypass the proxy.`

/** @throws an error for people if there is no response; fetch's own error after a time-out */
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
