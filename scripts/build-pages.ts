/**
 * Builds the pages: each folder of `web` with an `index.html` becomes a page in `.assets`, with hashed
 * files; the guides and `docs/openapi.json` are added. Wrangler runs this before it bundles the Worker and, in
 * `wrangler dev`, after each change, so pages with unchanged inputs are skipped. Pages share no files, so
 * production serves no file of a development page.
 */
import { createHash } from 'node:crypto'
import { existsSync, globSync, mkdirSync, readFileSync } from 'node:fs'
import { renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { env, exit, pid } from 'node:process'
import type { InlineConfig } from 'vite'
import { buildGuides } from './build-guides.ts'
import { bundleLibrary, LIBRARY } from './build-library.ts'

const ROOT = join(import.meta.dirname, '..')
const PAGES = join(ROOT, 'web')
const OUTPUT = join(ROOT, '.assets')
const RECORDS = join(ROOT, '.wrangler/pages')
/** A change of one of these files rebuilds every page. */
const TOOLS = [
  'scripts/build-pages.ts',
  'scripts/build-library.ts',
  'web/tsconfig.json',
  'package.json',
]

interface BuildRecord {
  readonly inputs: readonly string[]
  /** SHA-256 of the inputs' contents. */
  readonly digest: string
  readonly files: readonly string[]
}

function digestOf(inputs: readonly string[]): string {
  const hash = createHash('sha256')
  for (const path of [...TOOLS, ...inputs].map((input) => join(ROOT, input)))
    hash.update(existsSync(path) ? readFileSync(path) : 'missing').update('\0')
  return hash.digest('hex')
}

function isCurrent(recordPath: string): boolean {
  if (!existsSync(recordPath)) return false
  const { inputs, digest, files } = JSON.parse(readFileSync(recordPath, 'utf8')) as BuildRecord
  return files.every((file) => existsSync(join(OUTPUT, file))) && digestOf(inputs) === digest
}

/** Writes atomically, and only changed content: each write of an asset restarts a running service. */
function write(path: string, content: string | Uint8Array): void {
  if (existsSync(path) && readFileSync(path).equals(Buffer.from(content))) return
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(`${path}.${pid}`, content)
  renameSync(`${path}.${pid}`, path)
}

const configOf = (page: string): InlineConfig => ({
  root: PAGES,
  configFile: false,
  publicDir: false,
  logLevel: 'warn',
  build: {
    write: false,
    target: 'es2022',
    assetsDir: `${page}/assets`,
    assetsInlineLimit: 0,
    modulePreload: false,
    reportCompressedSize: false,
    rolldownOptions: { input: join(PAGES, page, 'index.html') },
  },
})

async function bundle(page: string) {
  const { build } = await import('vite')
  let ids: string[] = []
  const noteInputs = {
    name: 'note-inputs',
    generateBundle(this: { getModuleIds: () => IterableIterator<string> }) {
      ids = [...this.getModuleIds()]
    },
  }
  const built = await build({ ...configOf(page), plugins: [noteInputs] })
  if (Array.isArray(built) || !('output' in built)) throw new Error(`${page} was not built.`)
  const files = built.output.map((file) => ({
    name: file.fileName,
    content: file.type === 'chunk' ? file.code : file.source,
  }))
  return { files, inputs: existingPaths(ids) }
}

/** Paths of the modules that are files, relative to the repository. */
const existingPaths = (ids: readonly string[]): string[] =>
  ids
    .map((id) => id.replace(/[?#].*/, ''))
    .filter((path) => existsSync(path))
    .map((path) => relative(ROOT, path))

async function buildPage(page: string): Promise<void> {
  const recordPath = join(RECORDS, `${page}.json`)
  if (isCurrent(recordPath)) return
  const { files, inputs } = await bundle(page)
  for (const { name, content } of files) write(join(OUTPUT, name), content)
  const names = files.map(({ name }) => name)
  const record: BuildRecord = { inputs, digest: digestOf(inputs), files: names }
  write(recordPath, JSON.stringify(record))
  for (const file of globSync(`${page}/assets/*`, { cwd: OUTPUT }))
    if (!names.includes(file)) rmSync(join(OUTPUT, file), { force: true })
}

/** Builds the WebAuthn library, unless its sources and bundle have not changed since the last build. */
async function buildLibrary(): Promise<void> {
  const recordPath = join(RECORDS, 'library.json')
  if (isCurrent(recordPath)) return
  const { code, inputs } = await bundleLibrary()
  write(LIBRARY, code)
  const paths = existingPaths(inputs)
  const record = { inputs: paths, digest: digestOf(paths), files: [relative(OUTPUT, LIBRARY)] }
  write(recordPath, JSON.stringify(record))
}

/** The document as a service sends it: its own host is the first server. */
function readDocument(): object {
  const text = readFileSync(join(ROOT, 'docs/openapi.json'), 'utf8')
  const document = JSON.parse(text) as { readonly servers: readonly object[] }
  return { ...document, servers: document.servers.toReversed() }
}

async function buildPages(): Promise<void> {
  const pages = globSync('*/index.html', { cwd: PAGES }).map(dirname)
  for (const page of pages) await buildPage(page)
  const template = readFileSync(join(OUTPUT, 'guides/index.html'), 'utf8')
  for (const { name, content } of buildGuides(template)) write(join(OUTPUT, name), content)
  write(join(OUTPUT, 'openapi.json'), JSON.stringify(readDocument()))
}

/** Wrangler copies NODE_ENV into the bundle, and `src/dev/parts.ts` reads it there. */
function checkNodeEnv(): void {
  const { WRANGLER_COMMAND: command = 'dev', NODE_ENV: nodeEnv = 'production' } = env
  if (command === 'dev' || nodeEnv === 'production') return
  console.error(
    `With NODE_ENV=${nodeEnv}, the deployment would contain the simulators. Unset NODE_ENV, or set it to production.`,
  )
  exit(1)
}

checkNodeEnv()
/** Vite reads it. The pages must be the same in every environment. */
env['NODE_ENV'] = 'production'
await buildLibrary()
await buildPages()
