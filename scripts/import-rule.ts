/**
 * Lint rule for the import table of `oxlint.config.ts`. It resolves each specifier first, so that every
 * spelling of a path, type import, re-export and `import()` is checked.
 */
import { statSync } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { RuleTester } from 'oxlint/plugins-dev'
import { mayImport, neverImport } from '../oxlint.config.ts'

type Rule = Extract<Parameters<RuleTester['run']>[1], { create: unknown }>
type Context = Parameters<Rule['create']>[0]
type Source = Parameters<NonNullable<ReturnType<Rule['create']>['ImportExpression']>>[0]['source']

/** An import of a file. Type imports are not in the bundle. */
type Import = Readonly<{ target: string; isFile: boolean; isType: boolean }>

const ROOT = join(import.meta.dirname, '..')
const EXTENSION = /\.[cm]?[jt]sx?$/

const patterns = new Map<string, RegExp>()

/** `*` matches a part of a name, `**` any number of folders, `{a,b}` either part. */
function patternOf(glob: string): RegExp {
  const known = patterns.get(glob)
  if (known) return known
  const meanings: Record<string, string> = { '.': String.raw`\.`, '*': '[^/]*', '**': '.*' }
  const braces: Record<string, string> = { '{': '(?:', ',': '|', '}': ')' }
  const source = glob.replaceAll(/\*+|[.{,}]/g, (part) => meanings[part] ?? braces[part] ?? part)
  const pattern = new RegExp(`^${source}$`)
  patterns.set(glob, pattern)
  return pattern
}

const matches = (path: string, globs: readonly string[] = []): boolean =>
  globs.some((glob) => patternOf(glob).test(path))

const isFolder = (path: string): boolean =>
  statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false

/** @returns path from the root without the extension; for a folder, that of its index */
function nameOf(path: string): string {
  const file = isFolder(path) ? join(path, 'index') : path
  return relative(ROOT, file).replaceAll(sep, '/').replace(EXTENSION, '')
}

function resolve(specifier: string, importer: string, isType: boolean): Import {
  const isFile = /^[./\\]|^file:/.test(specifier)
  if (!isFile) return { target: specifier, isFile, isType }
  const { href } = new URL(specifier, pathToFileURL(importer).href)
  return { target: nameOf(fileURLToPath(href)), isFile, isType }
}

/** @returns reason why the import is forbidden, or null if it is allowed */
function refusal(file: string, { target, isFile, isType }: Import): string | null {
  const folder = dirname(file)
  const row = mayImport[file] ?? mayImport[folder] ?? []
  if (isFile && dirname(target) !== folder && !matches(target, row))
    return `\`${folder}\` may not import \`${target}\`. See mayImport in oxlint.config.ts.`
  const rule = neverImport.find(
    ({ from, notFrom, to, notTo, allowsTypes }) =>
      !(isType && allowsTypes) &&
      matches(file, from) &&
      !matches(file, notFrom) &&
      matches(target, to) &&
      !matches(target, notTo),
  )
  return rule?.why ?? null
}

function create(context: Context) {
  const file = nameOf(context.filename)
  const check = (source: Source | null, kind?: 'type' | 'value'): void => {
    if (!source) return
    const isLiteral = source.type === 'Literal' && typeof source.value === 'string'
    const message = isLiteral
      ? refusal(file, resolve(source.value, context.filename, kind === 'type'))
      : 'Import by a literal path, which can be checked.'
    if (message !== null) context.report({ node: source, message })
  }
  return {
    ImportDeclaration: (node) => check(node.source, node.importKind),
    ExportNamedDeclaration: (node) => check(node.source, node.exportKind),
    ExportAllDeclaration: (node) => check(node.source, node.exportKind),
    ImportExpression: (node) => check(node.source),
    TSImportType: (node) => check(node.source, 'type'),
    TSExternalModuleReference: (node) => check(node.expression),
  } satisfies ReturnType<Rule['create']>
}

export default { meta: { name: 'imports' }, rules: { table: { create } } }
