/**
 * `npm start`: locks the state folder, prepares the checkout, then serves with `wrangler dev`, on `PORT`
 * if it is set. Other flags are passed on. Exits with wrangler's exit code. Leaves no process behind,
 * neither after a signal nor if npm or its shell ends first.
 */
import { spawn } from 'node:child_process'
import { constants, hostname } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { argv, cwd, env, execPath, exit, pid } from 'node:process'
import { pathToFileURL } from 'node:url'
import { prepare, ROOT } from './prepare.ts'
import { endTree } from './process-tree.ts'
import { planStart, simulatorsLine } from './start-flags.ts'
import { lockState } from './state-lock.ts'

const PARENT_LOOK_MS = 500
const STOP_MS = 5000

function fail(message: string, code: number): never {
  console.error(message)
  exit(code)
}

/** npm and its shell may end without a signal to their child. */
const isScript =
  env['npm_lifecycle_event'] !== undefined || env['NODE_RUN_SCRIPT_NAME'] !== undefined
const { ppid } = process
const isOrphan = (): boolean => isScript && process.ppid !== ppid

const defaultFolder = join(ROOT, '.wrangler/state')
const plan = planStart(argv.slice(2), { port: env['PORT'], cwd: cwd(), defaultFolder })
if (typeof plan === 'string') fail(plan, 2)

const { folder, port } = plan
const startedAt = new Date().toISOString()
const lock = lockState(folder, { pid, host: hostname(), port, startedAt })
if (typeof lock === 'string') fail(lock, 1)

prepare(['--persist-to', folder])
if (isOrphan()) exit(1)

console.log(simulatorsLine(plan))

/** The build command must find this Node. */
const pathName = Object.keys(env).find((name) => name.toUpperCase() === 'PATH') ?? 'PATH'
const path = [dirname(execPath), env[pathName]].filter(Boolean).join(delimiter)

const wrangler = join(ROOT, 'node_modules/wrangler/wrangler-dist/cli.js')
const watch = join(import.meta.dirname, 'stop-with-parent.ts')
const served = spawn(
  execPath,
  ['--no-warnings', '--import', pathToFileURL(watch).href, wrangler, ...plan.wranglerArgs],
  {
    cwd: ROOT,
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    /** Disables network requests that are not needed to serve. */
    env: {
      ...env,
      [pathName]: path,
      NODE_ENV: 'development',
      CLOUDFLARE_CF_FETCH_ENABLED: 'false',
      WRANGLER_SEND_METRICS: 'false',
    },
  },
)

let stopping: NodeJS.Timeout | undefined
function stop(): void {
  served.kill('SIGTERM')
  stopping ??= setTimeout(() => endTree(served.pid), STOP_MS)
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop)
setInterval(() => isOrphan() && !stopping && stop(), PARENT_LOOK_MS).unref()

served.on('message', (message) => {
  const ready = /"event":"DEV_SERVER_READY".*"port":(\d+)/.exec(
    JSON.stringify(message).replaceAll('\\', ''),
  )
  if (ready) lock.notePort(Number(ready[1]))
})
served.on('exit', (code, signal) => exit(code ?? 128 + constants.signals[signal ?? 'SIGTERM']))
