/** Plants imports in a copy of the tree: the linter rejects those that `oxlint.config.ts` does not allow. */
import { execFile } from 'node:child_process'
import {
  cpSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { mayImport } from '../oxlint.config'

const ROOT = join(import.meta.dirname, '..')

/** Each row of the table, an import that it allows (if any), and one that it does not. */
const ROWS: readonly (readonly [string, string | null, string])[] = [
  ['src/common', null, 'src/http/problems'],
  ['src/common/text', null, 'src/common/log'],
  ['src/common/settings', 'src/common/log', 'src/config'],
  ['src/common/tokens', 'src/common/result', 'src/auth/store'],
  ['src/common/sql', 'src/common/money', 'src/common/log'],
  ['src/http', 'src/common/tokens/access-token', 'src/limits/policy'],
  ['src/http/input', 'src/http/problems', 'src/users/store'],
  ['src/limits', 'src/http/pagination', 'src/users/store'],
  ['src/exceptions', 'src/common/money', 'src/payments/store'],
  ['src/outbox', 'src/common/sql/rows', 'src/wallets/object/storage'],
  ['src/events', 'src/events/object/client', 'src/events/object/stream-object'],
  ['src/events/core', 'src/outbox/event', 'src/events/object/event-log'],
  ['src/events/object', 'src/events/core/stream', 'src/events/service'],
  ['src/retention', 'src/common/log', 'src/payments/store'],
  ['src/mail', 'src/limits/middleware', 'src/users/store'],
  ['src/mail/texts', 'src/common/text/locale', 'src/mail/store'],
  ['src/keys', 'src/outbox/table', 'src/events/object/event-log'],
  ['src/keys/object', 'src/events/core/stream', 'src/keys/service'],
  ['src/privacy', 'src/payments/table', 'src/operators/customers/freeze'],
  ['src/users', 'src/mail/store', 'src/auth/store'],
  ['src/auth', 'src/users/store', 'src/wallets/service'],
  ['src/auth/webauthn', 'src/common/result', 'src/auth/table'],
  ['src/auth/passkeys', 'src/users/service', 'src/wallets/service'],
  ['src/auth/recovery', 'src/auth/table', 'src/wallets/service'],
  ['src/wallets/core', 'src/limits/policy', 'src/limits/quota'],
  ['src/wallets/object', 'src/wallets/table', 'src/wallets/service'],
  ['src/wallets/object/tables', 'src/wallets/core/ledger', 'src/wallets/object/storage'],
  ['src/wallets', 'src/wallets/object/client', 'src/wallets/object/storage'],
  ['src/payments/core', 'src/exceptions/exception', 'src/payments/store'],
  ['src/payments/monnify', 'src/payments/core/payment', 'src/payments/confirm'],
  ['src/payments', 'src/wallets/object/client', 'src/wallets/object/durable-object'],
  ['src/receipts/core', 'src/wallets/core/ledger', 'src/receipts/table'],
  ['src/receipts', 'src/payments/store', 'src/payments/confirm'],
  ['src/refunds/core', 'src/common/money', 'src/refunds/table'],
  ['src/refunds', 'src/payments/confirm', 'src/calls/service'],
  ['src/tariffs', 'src/wallets/core/metering', 'src/calls/phone'],
  ['src/tariffs/core', 'src/tariffs/prefix', 'src/tariffs/copy'],
  ['src/tariffs/rates', 'src/calls/phone', 'src/calls/service'],
  ['src/calls', 'src/tariffs/tariff', 'src/payments/service'],
  ['src/rooms/object', 'src/wallets/object/rooms', 'src/wallets/object/storage'],
  ['src/rooms', 'src/rooms/object/client', 'src/rooms/object/room-object'],
  ['src/rooms/core', 'src/wallets/core/wallet', 'src/calls/service'],
  ['src/rooms/relay', 'src/common/result', 'src/calls/service'],
  ['src/operators', 'src/payments/store', 'src/deps'],
  ['src/operators/access', 'src/operators/log/record', 'src/operators/routes'],
  ['src/operators/log', 'src/receipts/core/canonical', 'src/operators/routes'],
  ['src/operators/proposals', 'src/operators/log/record', 'src/deps'],
  ['src/operators/access/log-in', 'src/operators/log/record', 'src/operators/customers/lookup'],
  [
    'src/operators/access/accounts',
    'src/operators/access/log-in/totp',
    'src/operators/customers/lookup',
  ],
  ['src/operators/customers', 'src/operators/log/record', 'src/operators/audit/service'],
  [
    'src/operators/customers/timeline',
    'src/operators/customers/mask',
    'src/operators/audit/service',
  ],
  ['src/operators/audit', 'src/operators/table', 'src/operators/customers/freeze'],
  ['src/operators/tariffs', 'src/tariffs/client', 'src/deps'],
  ['src/operators/finance', 'src/payments/store', 'src/operators/proposals/routes'],
  [
    'src/operators/finance/settlements',
    'src/operators/finance/table',
    'src/operators/finance/service',
  ],
  ['src/operators/finance/core', 'src/payments/core/references', 'src/payments/store'],
  ['src/health', 'src/http/pagination', 'src/wallets/service'],
  ['src/dev', 'src/dev/simulator/simulator', 'src/deps'],
  ['src/dev/simulator', 'src/payments/monnify/signature', 'src/payments/monnify/client'],
  ['src', 'src/dev/parts', 'scripts/release'],
  ['client', 'client/signaling/messages', 'src/common/money'],
  ['client/signaling', 'client/schema', 'src/common/money'],
  ['client/build', 'client/build/hc-types', 'client/client'],
  ['web/console', 'web/shared/print', 'src/common/log'],
  ['web/console/webhooks', 'web/console/desk', 'web/console/app'],
  ['web/call', 'src/wallets/core/metering', 'web/console/model'],
  ['web/call/session', 'client/client', 'web/call/screen'],
  ['web/simulator', 'web/shared/print', 'client/client'],
  ['web/api', 'client/client', 'src/common/money'],
  ['web/account', 'web/shared/button', 'src/common/money'],
  ['web/verify', 'src/receipts/core/verify', 'src/receipts/sign'],
  ['web/prices', 'client/client', 'src/tariffs/copy'],
  ['web/desk', 'web/desk/base/request', 'src/operators/access/guard'],
  ['web/desk/access', 'src/operators/desk-types', 'src/operators/access/guard'],
  ['web/desk/base', 'src/operators/desk-types', 'src/operators/access/guard'],
  ['web/desk/customers', 'src/operators/desk-types', 'src/operators/access/guard'],
  ['web/desk/exceptions', 'src/operators/desk-types', 'src/operators/access/guard'],
  ['web/desk/finance', 'src/operators/desk-types', 'src/operators/access/guard'],
  ['web/desk/home', 'src/operators/desk-types', 'src/operators/access/guard'],
  ['web/desk/log', 'src/operators/desk-types', 'src/operators/access/guard'],
  ['web/desk/money', 'src/operators/desk-types', 'src/operators/access/guard'],
  ['web/desk/operators', 'src/operators/desk-types', 'src/operators/access/guard'],
  ['web/desk/parts', 'src/operators/desk-types', 'src/operators/access/guard'],
  ['web/desk/proposals', 'src/operators/desk-types', 'src/operators/access/guard'],
  ['web/desk/tariffs', 'src/operators/desk-types', 'src/operators/access/guard'],
  ['web/shared', 'src/common/money', 'web/console/model'],
  ['scripts', 'client/client', 'src/payments/store'],
  ['scripts/aileana', 'scripts/cli/program', 'src/payments/store'],
  ['scripts/aileana/monnify', 'scripts/aileana/request', 'src/payments/store'],
  ['scripts/aileana/webhooks', 'client/webhooks', 'src/common/log'],
  ['scripts/aileana/operators', 'scripts/aileana/request', 'src/common/money'],
  ['scripts/cli', null, 'src/common/money'],
  ['scripts/coturn-agent', 'src/common/settings/fields', 'src/rooms/relay/client'],
  ['scripts/loader', null, 'src/common/money'],
  ['scripts/openapi', 'src/app', 'src/payments/store'],
  ['test/verification/books', 'test/support/served', 'src/wallets/core/ledger'],
  ['test/verification/crash', 'test/verification/books/books', 'src/common/money'],
  ['test/verification/linearizability', 'test/verification/books/audit', 'src/common/money'],
  [
    'test/verification/streams/judge',
    'test/verification/simulation/auditor/violation',
    'src/common/money',
  ],
]

/** Forbidden imports: of folders without a row, across layers, of pure files, and former gaps in the rules. */
const REJECTED: readonly (readonly [string, string])[] = [
  ['src/vouchers/planted', 'src/common/money'],
  ['src/vouchers/planted', 'src/vouchers/core/planted'],
  ['src/payments/planted', 'src/receipts/service'],
  ['src/users/history/planted', 'src/users/store'],
  ['tools/planted', 'src/common/money'],
  ['src/http/pagination', 'src/operators/audit/service'],
  ['src/http/pagination', 'src/health/routes'],
  ['src/http/pagination', 'scripts/openapi/document'],
  ['src/http/pagination', 'src/app'],
  ['src/calls/planted', 'src/wallets/object'],
  ['src/calls/planted', 'src/dev/parts'],
  ['src/operators/planted', 'src/dev/parts'],
  ['src/operators/planted', 'src/operator-deps'],
  ['src/users/planted-routes', 'src/users/store'],
  ['src/users/planted-routes', 'src/users/table'],
  ['src/wallets/planted-routes', 'src/wallets/object/client'],
  ['src/users/planted-service', 'src/users/routes'],
  ['src/users/planted-store', 'src/users/service'],
  ['src/users/planted-table', 'src/users/store'],
  ['src/users/planted-service', 'hono'],
  ['src/users/planted-service', 'hono/http-exception'],
  ['src/users/planted-service', '@hono/zod-openapi'],
  ['src/users/planted-service', 'src/http/authentication'],
  ['src/wallets/core/planted', 'hono'],
  ['src/wallets/core/planted', 'drizzle-orm/d1'],
  ['src/wallets/core/planted', 'src/common/log'],
  ['src/payments/core/planted', 'jose'],
  ['src/receipts/core/planted', 'jose'],
  ['src/rooms/core/planted', 'hono'],
  ['src/rooms/core/planted', 'src/common/log'],
  ['src/tariffs/core/planted', 'drizzle-orm'],
  ['src/limits/policy', 'cloudflare:workers'],
  ['src/common/money', 'node:fs'],
  ['src/auth/rotation', 'src/auth/store'],
  ['src/users/planted', 'aileana/src/auth/store'],
  ['src/users/planted', '#auth/store'],
  ['test/verification/simulation/auditor/planted', 'src/common/money'],
  ['test/verification/simulation/auditor/planted', 'test/verification/simulation/world'],
  ['test/verification/simulation/auditor/planted', 'fast-check'],
]

const ACCEPTED: readonly (readonly [string, string])[] = [
  ['src/rooms/planted', 'src/rooms/other'],
  ['src/users/planted-routes', 'src/users/service'],
  ['src/users/planted-routes', 'hono'],
  ['src/users/planted-service', 'src/users/store'],
  ['src/users/planted-service', 'src/http/pagination'],
  ['src/users/planted-store', 'drizzle-orm'],
  ['src/health/planted', 'migrations/meta/_journal.json'],
  ['test/verification/simulation/auditor/planted', 'node:assert'],
  ['test/users/planted', 'src/operators/audit/service'],
]

/** Spellings of imports that files in `src/wallets/core` may not contain. */
const SPELLINGS = [
  `import '../../auth/store'`,
  `import type { Session } from '../../auth/store'`,
  `import { type Session } from '../../auth/store.ts'`,
  `import { Session } from '../../auth/store.js'`,
  `import { Session } from '../../../src/auth/store'`,
  `import { Session } from '../../common/../auth/store'`,
  `import { Session } from './../../auth//store'`,
  `import { Session } from '../../common/%2e%2e/auth/store'`,
  `import { Session } from '..\\\\..\\\\auth\\\\store'`,
  `import { Session } from '/src/auth/store'`,
  `import { tag } from '../../../migrations/meta/_journal.json' with { type: 'json' }`,
  `export * from '../../auth/store'`,
  `export { Session } from '../../auth/store'`,
  `export type { Session } from '../../auth/store'`,
  `export const load = () => import('../../auth/store')`,
  'export const load = () => import(`../../auth/store`)',
  `export const load = (name: string) => import(name)`,
  `export type Session = import('../../auth/store').Session`,
  `import store = require('../../auth/store')`,
]

const tree = realpathSync(mkdtempSync(join(tmpdir(), 'aileana-imports-')))
const files = new Map<string, string[]>()
const rejected = new Set<string>()

function plant(file: string, line: string): void {
  files.set(file, [...(files.get(file) ?? []), line])
}

const isPackage = (target: string): boolean =>
  !/^(src|client|web|scripts|migrations|oxlint|test)\b/.test(target)

function specifier(file: string, target: string): string {
  if (isPackage(target)) return target
  const path = relative(dirname(file), target)
  return path.startsWith('.') ? path : `./${path}`
}

const importOf = (file: string, target: string): string => `import '${specifier(file, target)}'`

const fileOf = (row: string): string => `${row}/planted`

const spelled = (index: number): string => `src/wallets/core/spelled-${index}`

for (const [row, allowed, forbidden] of ROWS)
  for (const target of [allowed, forbidden])
    if (target !== null) plant(fileOf(row), importOf(fileOf(row), target))
for (const [file, target] of [...REJECTED, ...ACCEPTED]) plant(file, importOf(file, target))
for (const [index, line] of SPELLINGS.entries()) plant(spelled(index), line)
plant('src/users/ring', `import type { User } from './ring-other'`)
plant('src/users/ring-other', `import type { Ring } from './ring'`)

/** @returns whether the linter rejects this line of the file */
const isRejected = (file: string, line: string): boolean =>
  rejected.has(`imports(table) ${file}:${(files.get(file) ?? []).indexOf(line) + 1}`)

interface Diagnostic {
  readonly code: string
  readonly filename: string
  readonly labels: readonly { readonly span: { readonly line: number } }[]
}

/** @returns the linter's diagnostics of the planted tree; its exit code is 1, because it finds errors */
async function lint(): Promise<readonly Diagnostic[]> {
  const node = join(ROOT, 'node_modules/.bin/node')
  const oxlint = join(ROOT, 'node_modules/oxlint/bin/oxlint')
  const run = promisify(execFile)(node, [oxlint, '--format=json'], {
    cwd: tree,
    maxBuffer: 2 ** 24,
  })
  const { stdout } = await run.catch((error: { stdout: string }) => error)
  return JSON.parse(stdout).diagnostics
}

beforeAll(async () => {
  for (const path of ['oxlint.config.ts', 'scripts/import-rule.ts'])
    cpSync(join(ROOT, path), join(tree, path))
  mkdirSync(join(tree, 'node_modules'))
  symlinkSync(join(ROOT, 'node_modules/oxlint'), join(tree, 'node_modules/oxlint'))
  for (const [file, lines] of files) {
    const path = join(tree, `${file}.ts`)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, `${lines.join('\n')}\n`)
  }
  for (const { code, filename, labels } of await lint())
    rejected.add(`${code} ${filename.replace(/\.ts$/, '')}:${labels[0]?.span.line}`)
}, 60_000)

afterAll(() => rmSync(tree, { recursive: true }))

describe('the import table', () => {
  it('has only rows of folders that exist, and a test import for each row', () => {
    const rows = Object.keys(mayImport).filter((row) => row !== 'scripts/import-rule')
    expect(ROWS.map(([row]) => row).toSorted()).toEqual(rows.toSorted())
    for (const row of rows)
      expect(globSync(`${row}/*.{ts,tsx}`, { cwd: ROOT }), row).not.toEqual([])
  })

  it.each(ROWS)('allows %s to import %s, but not %s', (row, allowed, forbidden) => {
    const file = fileOf(row)
    if (allowed !== null) expect(isRejected(file, importOf(file, allowed))).toBe(false)
    expect(isRejected(file, importOf(file, forbidden))).toBe(true)
  })

  it.each(REJECTED)('does not allow %s to import %s', (file, target) => {
    expect(isRejected(file, importOf(file, target))).toBe(true)
  })

  it.each(ACCEPTED)('allows %s to import %s', (file, target) => {
    expect(isRejected(file, importOf(file, target))).toBe(false)
  })

  it.each(SPELLINGS.map((line, index) => ({ line, index })))('rejects $line', ({ line, index }) => {
    expect(isRejected(spelled(index), line)).toBe(true)
  })

  it('rejects a cycle of types', () => {
    expect(rejected).toContain('import(no-cycle) src/users/ring:1')
  })

  it('is the only configuration, and no alias bypasses it', () => {
    const nested = globSync('{src,web,client,scripts,test}/**/{.oxlintrc*,oxlint.config.*}', {
      cwd: ROOT,
    })
    expect(nested).toEqual([])
    for (const path of ['package.json', 'tsconfig.json', 'web/tsconfig.json'])
      expect(readFileSync(join(ROOT, path), 'utf8'), path).not.toMatch(
        /"(paths|baseUrl|rootDirs|imports|exports)":/,
      )
  })
})
