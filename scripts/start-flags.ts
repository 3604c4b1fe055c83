/** Flags of `npm start`: its own, and those that it passes to `wrangler dev`. Pure. */
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'

export interface StartPlan {
  /** Arguments of `wrangler dev`. */
  readonly wranglerArgs: readonly string[]
  /** Folder of the local state. */
  readonly folder: string
  /** 0 selects any free port. */
  readonly port: number
  readonly ip: string
  /** Flag through which other machines can reach the service, if any. */
  readonly reachableBy: string | undefined
  readonly hasSimulators: boolean
}

export interface StartPlace {
  /** `PORT` of the environment. */
  readonly port: string | undefined
  readonly cwd: string
  readonly defaultFolder: string
}

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[?::1\]?)$/i

/** Flags with a value that are read here and passed on in one spelling. */
const VALUED = new Map([
  ['ip', 'ip'],
  ['port', 'port'],
  ['persist-to', 'persistTo'],
  ['persistTo', 'persistTo'],
] as const)
type Valued = 'ip' | 'port' | 'persistTo'

const EXPOSE = new Set(['expose-simulators', 'exposeSimulators'])

/** Flags of `wrangler dev` that make the service reachable from elsewhere, whatever its IP address. */
const REACHABLE = new Set(['tunnel', 'tunnel-name', 'tunnelName', 'remote', 'r'])

const LIVE_RELOAD = /^--(no-)?live-?reload/i

const SIMULATORS_OFF = ['--var', 'MONNIFY_SIMULATOR:off']

interface ReadFlags {
  readonly values: ReadonlyMap<Valued, string>
  readonly exposes: boolean
  readonly tunnel: string | undefined
  readonly rest: readonly string[]
  /** Arguments after `--`. */
  readonly behind: readonly string[]
}

const valuedName = (name: string): Valued | undefined =>
  VALUED.get(name as 'ip' | 'port' | 'persist-to' | 'persistTo')

function readFlags(args: readonly string[]): ReadFlags | string {
  const names = [...VALUED.keys()].map((name) => [name, { type: 'string' }] as const)
  const options = { ...Object.fromEntries(names), r: { type: 'boolean', short: 'r' } } as const
  const { tokens } = parseArgs({ args: [...args], strict: false, tokens: true, options })
  const values = new Map<Valued, string>()
  const own = new Set<number>()
  const found = { exposes: false, tunnel: undefined as string | undefined, end: args.length }
  for (const token of tokens) {
    if (token.kind === 'option-terminator') found.end = token.index
    if (token.kind !== 'option') continue
    const { name, value, index, inlineValue } = token
    const valued = valuedName(name)
    if (valued) {
      if (!value || (!inlineValue && value.startsWith('-')))
        return `${token.rawName} needs a value.`
      values.set(valued, value)
      own.add(index)
      if (!inlineValue) own.add(index + 1)
    } else if (EXPOSE.has(name)) {
      if (value !== undefined) return `${token.rawName} takes no value.`
      found.exposes = true
      own.add(index)
    } else if (REACHABLE.has(name)) found.tunnel = token.rawName
  }
  return {
    values,
    exposes: found.exposes,
    tunnel: found.tunnel,
    rest: args.filter((_, index) => index < found.end && !own.has(index)),
    behind: args.slice(found.end),
  }
}

/** Reads the flags. The last of a repeated flag counts. @returns an error message for an invalid flag */
export function planStart(args: readonly string[], place: StartPlace): StartPlan | string {
  const read = readFlags(args)
  if (typeof read === 'string') return read
  const { values, exposes, tunnel, rest, behind } = read
  const port = values.get('port') ?? (place.port || '8787')
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535)
    return `The port must be a number from 0 to 65535, not ${port}.`
  const ip = values.get('ip') ?? '127.0.0.1'
  const folder = resolve(place.cwd, values.get('persistTo') ?? place.defaultFolder)
  const reachableBy = tunnel ?? (LOOPBACK.test(ip) ? undefined : `--ip ${ip}`)
  const hasSimulators = reachableBy === undefined || exposes
  /** Wrangler rejects `--live-reload` together with `--remote`. */
  const hasLiveReload = !rest.some((arg) => LIVE_RELOAD.test(arg) || /^(--remote|-r)/.test(arg))
  const own = ['--ip', ip, '--port', port, '--persist-to', folder]
  if (hasLiveReload) own.push('--live-reload')
  const last = [...own, ...(hasSimulators ? [] : SIMULATORS_OFF), ...behind]
  const wranglerArgs = ['dev', ...rest, ...last]
  return { wranglerArgs, folder, port: Number(port), ip, reachableBy, hasSimulators }
}

/** Line about the simulators, printed at the start. */
export function simulatorsLine({ reachableBy, hasSimulators, port }: StartPlan): string {
  const pages = `http://localhost:${port}/console`
  if (reachableBy === undefined)
    return port === 0
      ? 'The console, for development, is at /console.'
      : `The console, for development: ${pages}`
  return hasSimulators
    ? `With ${reachableBy} and --expose-simulators, anyone who can reach the port can use the simulators.`
    : `The simulators and the console are disabled, because ${reachableBy} allows other machines. --expose-simulators enables them.`
}
