/** Flags of `npm start`: those that it reads itself, and those that `wrangler dev` gets. Pure. */
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'

export interface StartPlan {
  /** Arguments of `wrangler dev`. */
  readonly wranglerArgs: readonly string[]
  /** Folder of the local state. */
  readonly folder: string
  /** 0 for any free port. */
  readonly port: number
  readonly ip: string
  /** Set where other machines can reach the service. */
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

/** Flags that are read here and handed on in one spelling. */
const VALUED = new Map([
  ['ip', 'ip'],
  ['port', 'port'],
  ['persist-to', 'persistTo'],
  ['persistTo', 'persistTo'],
] as const)
type Valued = 'ip' | 'port' | 'persistTo'

const EXPOSE = new Set(['expose-simulators', 'exposeSimulators'])

/** Flags of `wrangler dev` that make the service reachable, whatever its address. */
const REACHABLE = new Set(['tunnel', 'tunnel-name', 'tunnelName', 'remote', 'r'])

const LIVE_RELOAD = /^--(no-)?live-?reload/i

const SIMULATORS_OFF = ['--var', 'MONNIFY_SIMULATOR:off']

interface ReadFlags {
  readonly values: ReadonlyMap<Valued, string>
  readonly exposes: boolean
  readonly tunnel: string | undefined
  readonly rest: readonly string[]
  /** The arguments after a bare `--`. */
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

/** @returns a sentence where a flag cannot be read; the last of a flag counts */
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
  /** Wrangler rejects it beside `--remote`. */
  const hasLiveReload = !rest.some((arg) => LIVE_RELOAD.test(arg) || /^(--remote|-r)/.test(arg))
  const own = ['--ip', ip, '--port', port, '--persist-to', folder]
  if (hasLiveReload) own.push('--live-reload')
  const last = [...own, ...(hasSimulators ? [] : SIMULATORS_OFF), ...behind]
  const wranglerArgs = ['dev', ...rest, ...last]
  return { wranglerArgs, folder, port: Number(port), ip, reachableBy, hasSimulators }
}

/** The line about the simulators that a start prints. */
export function simulatorsLine({ reachableBy, hasSimulators, port }: StartPlan): string {
  const pages = `http://localhost:${port}/console`
  if (reachableBy === undefined)
    return port === 0
      ? 'The console, for development, is at /console.'
      : `The console, for development: ${pages}`
  return hasSimulators
    ? `${reachableBy} and --expose-simulators: anyone who reaches the port can use the simulators.`
    : `The simulators and the console are off, because ${reachableBy} lets other machines in. --expose-simulators turns them on.`
}
