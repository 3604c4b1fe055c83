/** The client package as a stranger's project gets it: packed, and unpacked into an empty project. */
import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const ROOT = join(import.meta.dirname, '../..')
const CLIENT = join(ROOT, 'client')

const NEEDED = [
  'ky',
  'openapi-fetch',
  'openapi-typescript-helpers',
  'standardwebhooks',
  'hono',
  '@types/node',
]

/** Also links the packages that it needs, and copies the examples. @returns folder of the project */
export function packClient(): string {
  const project = mkdtempSync(join(tmpdir(), 'aileana-package-'))
  const modules = join(project, 'node_modules')
  const packed = execFileSync('npm', ['pack', '--json', '--pack-destination', project], {
    cwd: CLIENT,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const [tarball] = /aileana-client-[\w.-]+\.tgz/.exec(packed) ?? []
  const target = join(modules, '@aileana/client')
  mkdirSync(target, { recursive: true })
  execFileSync('tar', ['-xzf', join(project, tarball ?? ''), '-C', target, '--strip-components=1'])
  mkdirSync(join(modules, '@types'))
  for (const name of NEEDED) symlinkSync(join(ROOT, 'node_modules', name), join(modules, name))
  writeFileSync(join(project, 'package.json'), '{ "type": "module", "private": true }')
  cpSync(join(CLIENT, 'examples'), project, { recursive: true })
  return project
}
