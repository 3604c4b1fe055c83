/** Starts the service and the floor in a separate process, and stops them. */
import { fork, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const ROOT = join(import.meta.dirname, '../../..')
/** Lets Node load the service's own modules. */
const LOADER = new URL('../../../scripts/loader/register.ts', import.meta.url).href

/** A folder in memory, where Linux has one. */
const MEMORY = '/dev/shm'

export interface HostOrder {
  readonly bundle: string
  readonly storage: string
  readonly vars: Readonly<Record<string, string>>
  readonly users: readonly { readonly userUuid: string; readonly sessionUuid: string }[]
  /** Key of the access tokens, in base64. */
  readonly floorKey: string
  readonly inspectorPort?: number | undefined
}

export interface Hosted {
  readonly url: string
  /** Process ID of the runtime, if known. */
  readonly pid: number | undefined
}

export interface Hosts {
  readonly service: Hosted
  readonly floor: Hosted
  readonly stop: () => Promise<void>
}

/** Builds the bundle of `npm run build` in another folder. @throws the build's output if it failed */
export function buildBundle(): string {
  const bundle = mkdtempSync(join(tmpdir(), 'aileana-bundle-'))
  const wrangler = join(ROOT, 'node_modules/wrangler/bin/wrangler.js')
  const built = spawnSync(process.execPath, [wrangler, 'deploy', '--dry-run', '--outdir', bundle], {
    cwd: ROOT,
    encoding: 'utf8',
    env: { ...process.env, NODE_ENV: 'production', WRANGLER_SEND_METRICS: 'false' },
  })
  if (built.status !== 0) throw new Error(`the build failed:\n${built.stdout}${built.stderr}`)
  return bundle
}

/** @throws if they do not start */
export async function startHosts(
  order: Omit<HostOrder, 'bundle' | 'storage'>,
  isInMemory: boolean,
): Promise<Hosts> {
  const bundle = buildBundle()
  const folder = isInMemory && existsSync(MEMORY) ? MEMORY : tmpdir()
  const storage = mkdtempSync(join(folder, 'aileana-bench-'))
  const child = fork(join(import.meta.dirname, 'host.ts'), {
    cwd: ROOT,
    execArgv: ['--disable-warning=ExperimentalWarning', '--import', LOADER],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const hosts = await new Promise<Pick<Hosts, 'service' | 'floor'>>((resolve, reject) => {
    child.once('message', (hosted: Pick<Hosts, 'service' | 'floor'>) => resolve(hosted))
    void ended.then(() => reject(new Error('the service did not start')))
    child.send({ ...order, bundle, storage } satisfies HostOrder)
  })
  return {
    ...hosts,
    stop: async () => {
      child.disconnect()
      await ended
    },
  }
}
