/**
 * Runs a TypeScript program: `node scripts/run.mjs PROGRAM.ts [flags]`. It is plain JavaScript, so that
 * a Node that cannot read TypeScript can print an error.
 */
import { realpathSync } from 'node:fs'
import { argv, execPath, exit, features, versions } from 'node:process'
import { pathToFileURL } from 'node:url'

function fail(message) {
  console.error(message)
  exit(1)
}

if (!features.typescript)
  fail(
    `Node 22.18 or newer is needed, but this is ${versions.node}. Run \`npm ci --ignore-scripts=false\`, which installs one for the npm scripts.`,
  )

const [, , program = '', ...args] = argv
const file = realpathSync(program)
argv.splice(0, argv.length, execPath, file, ...args)

try {
  // oxlint-disable-next-line imports/table -- the program to run
  await import(pathToFileURL(file).href)
} catch (error) {
  const missing = /Cannot find package '([^']+)'/.exec(error?.message ?? '')?.[1]
  if (error?.code !== 'ERR_MODULE_NOT_FOUND' || !missing) throw error
  fail(`The package ${missing} is missing in node_modules. Run \`npm ci\` and let it finish.`)
}
