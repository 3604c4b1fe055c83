/**
 * Lets the tools of `tools.ts` read the API's documents: `npm run prove -- api-tools`. They are installed from their
 * lock file into a temporary folder, so that the ordinary install is without them.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { formatTable } from '../../../scripts/aileana/print-table.ts'
import { freePort, kill, newStorage, said, start } from '../../support/served.ts'
import { type Command, type Tool, TOOLS, type Workspace } from './tools.ts'

const HERE = import.meta.dirname
const ROOT = join(HERE, '../../..')
const STEP_TIMEOUT_MS = 180_000
const PROXY_START_MS = 60_000

interface Outcome {
  readonly tool: string
  readonly version: string
  readonly shows: string
  readonly result: 'yes' | 'no'
  readonly seconds: number
}

function environment(folder: string): NodeJS.ProcessEnv {
  const path = `${join(folder, 'node_modules/.bin')}:${process.env['PATH'] ?? ''}`
  return { ...process.env, PATH: path, REDOCLY_TELEMETRY: 'off', ORVAL_TELEMETRY: 'off' }
}

function install(folder: string): void {
  for (const file of ['package.json', 'package-lock.json'])
    copyFileSync(join(HERE, file), join(folder, file))
  const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']
  const { status } = spawnSync('npm', args, { cwd: folder, stdio: 'inherit' })
  if (status !== 0) throw new Error('The tools could not be installed.')
}

/** @returns the output of a failed command, otherwise undefined */
function failureOf(workspace: Workspace, { bin, args, cwd }: Command): string | undefined {
  const { status, stdout, stderr } = spawnSync(bin, args, {
    cwd: cwd ?? workspace.folder,
    env: environment(workspace.folder),
    encoding: 'utf8',
    timeout: STEP_TIMEOUT_MS,
  })
  return status === 0 ? undefined : `${bin} ${args.join(' ')}\n${stdout}${stderr}`
}

/** Starts a proxy, and waits until it forwards requests. */
async function startProxy(workspace: Workspace, { bin, args }: Command): Promise<ChildProcess> {
  const proxy = spawn(bin, args, {
    cwd: workspace.folder,
    env: environment(workspace.folder),
    stdio: 'ignore',
  })
  const endMs = Date.now() + PROXY_START_MS
  while (Date.now() < endMs) {
    const response = await fetch(`http://127.0.0.1:${workspace.prismPort}/health`).catch(
      () => undefined,
    )
    if (response?.ok) return proxy
    await wait(200)
  }
  proxy.kill()
  throw new Error('The proxy did not start.')
}

const versionOf = ({ folder }: Workspace, { package: name }: Tool): string => {
  const manifest = readFileSync(join(folder, 'node_modules', name, 'package.json'), 'utf8')
  return (JSON.parse(manifest) as { version: string }).version
}

async function runTool(workspace: Workspace, tool: Tool): Promise<Outcome> {
  const beganMs = performance.now()
  const background = tool.background && (await startProxy(workspace, tool.background(workspace)))
  let failure: string | undefined
  for (const step of tool.steps(workspace)) failure ??= failureOf(workspace, step)
  background?.kill()
  if (failure !== undefined) console.error(failure)
  return {
    tool: tool.package,
    version: versionOf(workspace, tool),
    shows: tool.shows,
    result: failure === undefined ? 'yes' : 'no',
    seconds: Math.round((performance.now() - beganMs) / 1000),
  }
}

/** @returns the exit code: 0 if each tool accepts the documents */
export async function main(): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'aileana-api-tools-'))
  const storage = newStorage()
  const service = await start(storage, '--var', 'SIMULATED_CUSTOMER:pays')
  try {
    install(folder)
    if (!(await said(service, 'Ready on'))) throw new Error(service.output())
    const workspace = { folder, root: ROOT, url: service.url, prismPort: await freePort() }
    const outcomes: Outcome[] = []
    for (const tool of TOOLS) outcomes.push(await runTool(workspace, tool))
    console.log(formatTable(outcomes.map((outcome) => ({ ...outcome }))))
    return outcomes.every(({ result }) => result === 'yes') ? 0 : 1
  } finally {
    await kill(service)
    rmSync(folder, { recursive: true, force: true })
    rmSync(storage, { recursive: true, force: true })
  }
}
