/**
 * Runs a Dockerfile without a container engine: each stage is a folder, each RUN a command in it, and each COPY a
 * copy to it. This does not test the base image, the users and the isolation of a container.
 */
import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync } from 'node:fs'
import { basename, join } from 'node:path'

export interface Step {
  readonly instruction: string
  readonly rest: string
}

export const readDockerfile = (text: string): Step[] =>
  text
    .replaceAll(/\\\n/g, ' ')
    .split('\n')
    .flatMap((line) => {
      const [, instruction, rest] = /^([A-Z]+)\s+(.*)$/.exec(line) ?? []
      return instruction && rest ? [{ instruction, rest }] : []
    })

/** The resulting image: its root, its start command and its health check. */
export interface Image {
  readonly root: string
  readonly workdir: string
  readonly user: string
  readonly env: Record<string, string>
  readonly command: string[]
  readonly healthCheck: string[]
}

/** Maps a path of the image, or all paths in a command, to a folder. */
export const under = (root: string, text: string): string =>
  text.replaceAll(/(?<![\w./])\/(?=(app|data)\b)/g, `${root}/`)

/** Copies a file or the contents of a folder, like COPY. */
function copy(from: string, to: string, isStage: boolean): void {
  mkdirSync(to, { recursive: true })
  if (isStage) execFileSync('cp', ['-al', `${from}/.`, to])
  else cpSync(from, to, { recursive: true })
}

function copyStep(rest: string, context: string, roots: Map<string, string>, image: Image): void {
  const words = rest.split(/\s+/)
  const stage = words.find((word) => word.startsWith('--from='))?.slice('--from='.length)
  const paths = words.filter((word) => !word.startsWith('--'))
  const to = paths.pop() ?? ''
  const target = to.startsWith('/') ? under(image.root, to) : join(image.root, image.workdir, to)
  for (const path of paths) {
    if (stage) copy(under(roots.get(stage) ?? '', path), target, true)
    else if (to.endsWith('/')) cpSync(join(context, path), join(target, basename(path)))
    else copy(join(context, path), target, false)
  }
}

/** Runs every step in an empty folder. @returns the last stage */
export function buildImage(
  steps: readonly Step[],
  context: string,
  folder: string,
  env: NodeJS.ProcessEnv,
): Image {
  const roots = new Map<string, string>()
  let image: Image | undefined
  for (const { instruction, rest } of steps) {
    if (instruction === 'FROM') {
      const [, base = '', name = String(roots.size)] = /^(\S+)(?: AS (\S+))?$/.exec(rest) ?? []
      const root = join(folder, name)
      const baseRoot = roots.get(base)
      mkdirSync(root)
      if (baseRoot) copy(baseRoot, root, true)
      roots.set(name, root)
      const workdir = baseRoot && image ? image.workdir : '/'
      image = { root, workdir, user: 'root', env: {}, command: [], healthCheck: [] }
      continue
    }
    if (!image) throw new Error(`${instruction} precedes FROM`)
    image = runStep(image, { instruction, rest }, context, roots, env)
  }
  if (!image) throw new Error('there is no stage')
  return image
}

function runStep(
  image: Image,
  { instruction, rest }: Step,
  context: string,
  roots: Map<string, string>,
  env: NodeJS.ProcessEnv,
): Image {
  const cwd = join(image.root, image.workdir)
  switch (instruction) {
    case 'WORKDIR':
      mkdirSync(join(image.root, rest), { recursive: true })
      return { ...image, workdir: rest }
    case 'COPY':
      copyStep(rest, context, roots, image)
      return image
    case 'RUN':
      execFileSync('sh', ['-ec', under(image.root, rest)], { cwd, env, stdio: 'pipe' })
      return image
    case 'ENV':
      return { ...image, env: { ...image.env, ...Object.fromEntries(pairs(rest)) } }
    case 'USER':
      return { ...image, user: rest }
    case 'CMD':
      return { ...image, command: execForm(rest).map((word) => under(image.root, word)) }
    case 'HEALTHCHECK':
      return { ...image, healthCheck: execForm(rest.slice(rest.indexOf('CMD') + 3)) }
    case 'VOLUME':
      if (!existsSync(join(image.root, rest))) throw new Error(`nothing is at ${rest}`)
      return image
    case 'EXPOSE':
      return image
    default:
      throw new Error(`${instruction} is not supported`)
  }
}

const pairs = (text: string) =>
  text.split(/\s+/).map((pair) => pair.split('=') as [name: string, value: string])

/** Runs without a shell, so that signals reach the process. */
const execForm = (text: string): string[] => JSON.parse(text) as string[]
