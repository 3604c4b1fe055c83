/**
 * Types of `hc`, Hono's client, as one declaration without an import from the service. The compiler expands the
 * app's routes; TypeScript 5.9 is used because version 7 has no API for it.
 */
import { join } from 'node:path'
import ts from 'typescript'

const ROOT = join(import.meta.dirname, '../..')
const ENTRY = join(ROOT, 'client/routes.ts')

/** `Expand` leaves no name of a type that is declared in the service. A response without a declared body is left out. */
const SOURCE = `
import type { Hono } from 'hono'
import type { App } from '../src/app'
type RoutesOf<T> = T extends Hono<infer _Env, infer Routes, infer _Path> ? Routes : never
type Expand<T> = T extends string | number | boolean | null | undefined
  ? T
  : T extends (infer Item)[]
    ? Expand<Item>[]
    : T extends { output: Response }
      ? never
      : { [Key in keyof T]: Expand<T[Key]> }
export type Routes = Expand<RoutesOf<App>>
`

const FORMAT =
  ts.NodeBuilderFlags.NoTruncation |
  ts.NodeBuilderFlags.InTypeAlias |
  ts.NodeBuilderFlags.MultilineObjectLiterals

function readConfig(): ts.ParsedCommandLine {
  const path = join(ROOT, 'tsconfig.json')
  const { config } = ts.readConfigFile(path, (file) => ts.sys.readFile(file)) as { config: object }
  return ts.parseJsonConfigFileContent(config, ts.sys, ROOT)
}

/** A program of the service's types, with `SOURCE` beside them. */
function createProgram(): ts.Program {
  const { options } = readConfig()
  const host = ts.createCompilerHost(options)
  const isEntry = (name: string) => name === ENTRY
  const fileExists = host.fileExists.bind(host)
  const getSourceFile = host.getSourceFile.bind(host)
  host.fileExists = (name) => isEntry(name) || fileExists(name)
  host.getSourceFile = (name, version, ...rest) =>
    isEntry(name)
      ? ts.createSourceFile(name, SOURCE, version)
      : getSourceFile(name, version, ...rest)
  return ts.createProgram([ENTRY, join(ROOT, 'src/worker-env.d.ts')], options, host)
}

/** @throws with the compiler's messages if the types cannot be expanded */
function expandRoutes(): string {
  const program = createProgram()
  const source = program.getSourceFile(ENTRY)
  const errors = ts.getPreEmitDiagnostics(program, source)
  const alias = source?.statements.find(
    (one) => ts.isTypeAliasDeclaration(one) && one.name.text === 'Routes',
  ) as ts.TypeAliasDeclaration | undefined
  if (!source || !alias || errors.length > 0)
    throw new Error(ts.formatDiagnostics(errors, ts.createCompilerHost({})))
  const checker = program.getTypeChecker()
  const node = checker.typeToTypeNode(checker.getTypeAtLocation(alias.name), undefined, FORMAT)
  if (!node) throw new Error('The types of the routes cannot be printed.')
  return ts.createPrinter().printNode(ts.EmitHint.Unspecified, node, source)
}

/** @returns text of `hc.d.ts` */
export function declareRoutes(): string {
  const routes = expandRoutes()
  if (/\bimport\(|\bany\b|\bResponse\b/.test(routes))
    throw new Error('The types of the routes are incomplete.')
  return `/** Types of the service's routes, for \`hc<App>\` of Hono. */
import type { Hono } from 'hono'

export type Routes = ${routes}

export type App = Hono<object, Routes, '/'>
`
}
