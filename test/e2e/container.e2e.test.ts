/** Runs the Dockerfile's steps as commands in an empty folder, without a container engine. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { bodyOf } from '../../client/client'
import { buildImage, type Image, readDockerfile, under } from '../support/dockerfile'
import { freePort, newAccount, topUp } from '../support/served'

const ROOT = join(import.meta.dirname, '../..')
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8')

const steps = readDockerfile(read('docs/container/Dockerfile'))
const folder = mkdtempSync(join(tmpdir(), 'aileana-container-'))
/** Uses the project's Node instead of the base image's, and npm's cache where possible. */
const env = {
  ...process.env,
  PATH: `${join(ROOT, 'node_modules/node/bin')}:${process.env['PATH']}`,
  npm_config_prefer_offline: 'true',
}

let image: Image
let port = 0

/** Replaces the published port with a free one. */
const onPort = (words: readonly string[]) =>
  words.map((word) => word.replaceAll('8787', String(port)))

const isHealthy = (): boolean => {
  const [command = '', ...args] = onPort(image.healthCheck)
  return spawnSync(command, args, { env }).status === 0
}

let service: ChildProcess | undefined

const { services, volumes } = parse(read('docs/container/compose.yaml'))
const { build, ports, volumes: mounts, command: composed } = services.aileana

async function up(): Promise<void> {
  const words = composed.map((word: string) => under(image.root, word))
  const [command = '', ...args] = onPort(words)
  const cwd = join(image.root, image.workdir)
  const started = spawn(command, args, { cwd, env: { ...env, ...image.env }, detached: true })
  service = started
  let output = ''
  for (const stream of [started.stdout, started.stderr])
    stream.on('data', (chunk) => (output += String(chunk)))
  const ready = new Promise<boolean>((resolve) => {
    started.stdout.on('data', () => output.includes('Ready on') && resolve(true))
    started.on('exit', () => resolve(false))
  })
  if (!(await ready)) throw new Error(output)
}

/** Stops the service as an engine stops a container. @returns the exit code */
const down = (): Promise<number | null> =>
  new Promise((resolve) => {
    service?.on('exit', resolve)
    service?.kill('SIGTERM')
  })

beforeAll(async () => {
  image = buildImage(steps, ROOT, folder, env)
  port = await freePort()
  await up()
}, 180_000)

afterAll(() => {
  if (service?.pid && service.exitCode === null && service.signalCode === null)
    process.kill(-service.pid, 'SIGKILL')
  rmSync(folder, { recursive: true, force: true })
}, 60_000)

describe('the container', () => {
  it('contains the service, nothing else of the repository, and no secret', () => {
    const inside = (path: string) => existsSync(join(image.root, 'app', path))
    for (const path of ['src/index.ts', 'migrations', 'wrangler.toml', 'node_modules/wrangler'])
      expect(inside(path), path).toBe(true)
    for (const path of ['test', '.git', 'docs/runbooks.md', 'README.md'])
      expect(inside(path), path).toBe(false)
    expect(existsSync(join(folder, 'service/data'))).toBe(true)
    expect(existsSync(join(folder, 'service/data/.dev.vars'))).toBe(false)
    const ignored = read('.dockerignore').split('\n')
    const copied = steps.filter(({ instruction, rest }) => {
      return instruction === 'COPY' && !rest.includes('--from')
    })
    expect(ignored).toContain('*')
    for (const { rest } of copied)
      for (const path of rest.split(' ').slice(0, -1)) expect(ignored).toContain(`!${path}`)
  })

  it('does not run as root, is healthy, and keeps its money when it is replaced', async () => {
    expect(image.user).toBe('node')
    expect(isHealthy()).toBe(true)
    const url = `http://localhost:${port}`
    const { client } = await newAccount(url)
    await topUp(client, 50)

    /** 128 + 15: SIGTERM ended it. */
    expect(await down()).toBe(143)
    expect(isHealthy()).toBe(false)
    rmSync(join(image.root, 'app/.wrangler'), { recursive: true, force: true })
    await up()
    expect(await bodyOf(client.GET('/wallets'))).toMatchObject([{}, { balance: 50 }])
  }, 90_000)

  it('publishes its port on loopback only, keeps data on a volume, and exposes the simulators', () => {
    expect(existsSync(join(ROOT, 'docs/container', build.context, build.dockerfile))).toBe(true)
    expect(ports).toEqual(['127.0.0.1:8787:8787'])
    expect(composed.map((word: string) => under(image.root, word))).toEqual([
      ...image.command,
      '--expose-simulators',
    ])
    expect(mounts).toEqual(['data:/data'])
    expect(Object.keys(volumes)).toEqual(['data'])
  })
})
