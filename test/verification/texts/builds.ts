/** Builds what the project ships, unminified, so that two versions can be compared. */
import { globSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'vite'

const ENTRIES = ['src/index.ts', 'client/client.ts', 'scripts/*.ts', 'web/*/main.{ts,tsx}']

/** A package, a platform module, or a file that is not code. */
const isExternal = (id: string): boolean => /^[^./]|\.(json|css)$/.test(id)

/** @param root folder of a checkout @returns the bundle of each entry, by the entry's path */
export async function buildAll(root: string): Promise<ReadonlyMap<string, string>> {
  const bundles = new Map<string, string>()
  for (const entry of globSync(ENTRIES, { cwd: root }).toSorted()) {
    const built = await build({
      root,
      configFile: false,
      logLevel: 'error',
      build: {
        write: false,
        minify: false,
        target: 'esnext',
        lib: { entry: join(root, entry), formats: ['es'], fileName: 'bundle' },
        rolldownOptions: {
          external: (id) => isExternal(id) && !id.startsWith(root),
          treeshake: false,
          output: { codeSplitting: false },
        },
      },
    })
    const [bundle] = Array.isArray(built) ? built : []
    const chunks = bundle?.output.filter((file) => file.type === 'chunk') ?? []
    if (chunks.length !== 1) throw new Error(`${entry} makes ${chunks.length} chunks, not one.`)
    bundles.set(entry, chunks[0]?.code ?? '')
  }
  return bundles
}
