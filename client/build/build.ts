/** `npm pack` and `npm publish` run this: JavaScript, source maps and declarations of the package in `dist`. */
import { execFileSync } from 'node:child_process'
import { globSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { execPath } from 'node:process'
import { declareRoutes } from './hc-types.ts'

const CLIENT = join(import.meta.dirname, '..')
const DIST = join(CLIENT, 'dist')
const TSC = join(CLIENT, 'node_modules/typescript/bin/tsc')

/** The compiler rewrites these endings in JavaScript but not in declarations. */
const useJavaScriptEndings = (declaration: string): string =>
  declaration.replaceAll(/(from '\.[^']*)\.ts'/g, "$1.js'")

rmSync(DIST, { recursive: true, force: true })
execFileSync(execPath, [TSC, '-p', CLIENT], { stdio: 'inherit' })
for (const name of globSync('**/*.d.ts', { cwd: DIST })) {
  const path = join(DIST, name)
  writeFileSync(path, useJavaScriptEndings(readFileSync(path, 'utf8')))
}
writeFileSync(join(DIST, 'hc.d.ts'), declareRoutes())
writeFileSync(join(DIST, 'hc.js'), 'export {}\n')
