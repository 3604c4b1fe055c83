/**
 * Bundles `src/auth/webauthn/library.mts` with its dependencies as `library.mjs` in the same folder, which wrangler
 * uploads as a separate module. Such a module cannot import a package, so the bundle contains all dependencies.
 */
import { join } from 'node:path'

const FOLDER = join(import.meta.dirname, '../src/auth/webauthn')

export const LIBRARY = join(FOLDER, 'library.mjs')

/** @returns the bundle's code and the paths of its sources */
export async function bundleLibrary(): Promise<{ code: string; inputs: string[] }> {
  const { build } = await import('vite')
  let inputs: string[] = []
  const noteInputs = {
    name: 'note-inputs',
    generateBundle(this: { getModuleIds: () => IterableIterator<string> }) {
      inputs = [...this.getModuleIds()]
    },
  }
  const built = await build({
    configFile: false,
    publicDir: false,
    logLevel: 'warn',
    resolve: { conditions: ['workerd', 'worker', 'module'] },
    plugins: [noteInputs],
    build: {
      write: false,
      target: 'es2024',
      minify: true,
      reportCompressedSize: false,
      lib: { entry: join(FOLDER, 'library.mts'), formats: ['es'], fileName: 'library' },
    },
  })
  const outputs = (Array.isArray(built) ? built : [built]).flatMap((each) =>
    'output' in each ? each.output : [],
  )
  const [chunk] = outputs
  if (outputs.length !== 1 || chunk?.type !== 'chunk') throw new Error('The library was not built.')
  return { code: chunk.code, inputs }
}
