/** The two generated files, by their paths from the root. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export const ROOT = join(import.meta.dirname, '../..')
export const DOCUMENT = 'docs/openapi.json'
export const TYPES = 'client/schema.ts'

export const read = (path: string): string | undefined =>
  existsSync(join(ROOT, path)) ? readFileSync(join(ROOT, path), 'utf8') : undefined

export function write(path: string, text: string): void {
  writeFileSync(join(ROOT, path), text)
  console.log(`${path} is written`)
}
