import { defineConfig } from 'oxlint'

/** The rules of ARCHITECTURE.md, "Import rules". Names have no extension; `**` matches any number of folders. */
const common = ['src/common/**']
const http = [...common, 'src/http/**']
const feature = [...http, 'src/limits/*']
const walletObject = [
  ...common,
  'src/wallets/{core/*,table}',
  'src/limits/policy',
  'src/outbox/*',
  'src/mail/{message,store}',
]
const wallets = [...feature, 'src/wallets/*', 'src/wallets/core/*', 'src/wallets/object/client']
const payments = [...wallets, 'src/payments/core/*', 'src/payments/monnify/*']
const operators = [
  ...feature,
  'src/{users,auth,mail,wallets,payments,refunds,tariffs,calls,rooms,exceptions,privacy,receipts,keys}/**',
]
const auditor = 'test/verification/simulation/auditor'
const streamJudge = 'test/verification/streams/judge'
const harness = ['test/support/served', 'test/verification/{books,linearizability,support}/*']

/** Files without I/O and without a framework, which code outside the Worker may share. */
const pure = [
  'src/common/{money,next-attempt,result,sha256}',
  'src/outbox/event',
  'src/keys/scopes',
  'src/events/core/*',
  'src/common/text/*',
  'src/limits/{policy,catalogue}',
  'src/exceptions/exception',
  'src/operators/{desk-types,access/permissions}',
  'src/operators/{finance,tariffs}/types',
  'src/auth/{rotation,client-info}',
  'src/wallets/core/*',
  'src/payments/core/*',
  'src/mail/message',
  'src/tariffs/{prefix,standard-tariff,tariff,core/*}',
  'src/calls/phone',
  'src/rooms/core/*',
  'src/rooms/relay/{credential,urls}',
  'src/receipts/core/*',
  'src/operators/finance/{types,core/*}',
  'src/dev/simulator/{scenario,fault-names,faults,receiver-faults,webhook-words}',
]

const desk = ['client/*', 'web/shared/*', 'web/desk/*/*', 'src/operators/proposals/table', ...pure]

/**
 * Allowed imports of a folder's files, or of one file, in addition to their own folder. A folder without a row may
 * import nothing.
 */
export const mayImport: Readonly<Record<string, readonly string[]>> = {
  'src/common': [],
  'src/common/text': [],
  'src/common/settings': ['src/common/{log,text/email}'],
  'src/common/tokens': ['src/common/*'],
  'src/common/sql': ['src/common/money'],
  'src/http': [
    ...common,
    'src/http/input/*',
    'src/{keys/{key,scopes},outbox/event}',
    'docs/openapi.json',
  ],
  'src/http/input': [...common, 'src/http/*'],
  'src/limits': [...http, 'src/keys/key'],
  'src/exceptions': http,
  'src/outbox': common,
  'src/keys/object': [...common, 'src/events/core/*'],
  'src/keys': [
    ...wallets,
    'src/outbox/*',
    'src/keys/object/*',
    'src/events/{core/*,object/client}',
  ],
  'src/events/core': [...common, 'src/outbox/event'],
  'src/events/object': [...common, 'src/outbox/*', 'src/events/core/*', 'src/keys/object/*'],
  'src/events': [
    ...wallets,
    'src/{exceptions,mail,outbox,keys}/*',
    'src/{payments,refunds}/core/*',
    'src/events/{core/*,object/client}',
  ],
  'src/retention': http,
  'src/mail': [...feature, 'src/mail/texts/*'],
  'src/mail/texts': [...common, 'src/mail/message'],
  'src/users': [...feature, 'src/mail/*'],
  'src/auth': [...feature, 'src/{mail,users}/*'],
  'src/auth/webauthn': common,
  'src/auth/passkeys': [...feature, 'src/{auth,mail,users}/*', 'src/auth/webauthn/*'],
  'src/auth/recovery': [...feature, 'src/{auth,mail,users}/*', 'src/auth/passkeys/store'],
  'src/wallets/core': [...common, 'src/limits/policy', 'src/mail/message', 'src/outbox/event'],
  'src/wallets/object': [...walletObject, 'src/wallets/object/tables/*'],
  'src/wallets/object/tables': walletObject,
  'src/wallets': wallets,
  'src/payments/core': [
    ...common,
    'src/wallets/core/*',
    'src/exceptions/exception',
    'src/mail/message',
    'src/outbox/event',
  ],
  'src/payments/monnify': [...common, 'src/wallets/core/*', 'src/payments/core/*'],
  'src/payments': [
    ...payments,
    'src/{exceptions,mail,outbox}/*',
    'src/{users,refunds}/table',
    'src/receipts/{pending,core/receipt}',
  ],
  'src/receipts/core': ['src/common/*', 'src/wallets/core/*'],
  'src/receipts': [...payments, 'src/payments/store', 'src/receipts/core/*'],
  'src/refunds/core': [...common, 'src/wallets/core/*', 'src/outbox/event'],
  'src/refunds': [...payments, 'src/{payments,exceptions,mail,outbox}/*', 'src/refunds/core/*'],
  'src/tariffs/core': [
    'src/common/{*,text/lagos}',
    'src/wallets/core/*',
    'src/tariffs/{prefix,tariff}',
  ],
  'src/tariffs': [...http, 'src/wallets/core/*', 'src/tariffs/core/*'],
  'src/tariffs/rates': [
    ...feature,
    'src/wallets/core/*',
    'src/tariffs/*',
    'src/tariffs/core/*',
    'src/calls/{phone,price-schemas}',
  ],
  'src/calls': [...wallets, 'src/tariffs/*'],
  'src/rooms/object': [
    ...common,
    'src/limits/policy',
    'src/wallets/{core/*,object/{rooms,client}}',
    'src/rooms/{core,relay}/*',
  ],
  'src/rooms': [...wallets, 'src/calls/*', 'src/rooms/{core/*,object/client}'],
  'src/rooms/relay': [...common, 'src/rooms/core/room'],
  'src/rooms/core': [...common, 'src/wallets/core/*', 'src/limits/policy'],
  'src/privacy': [
    ...feature,
    'src/{users,auth,mail,wallets,payments,refunds,calls,exceptions}/**',
    'src/outbox/*',
    'src/keys/*',
    'src/events/{*,core/*,object/client}',
  ],
  'src/operators': [...operators, 'src/operators/**'],
  'src/operators/access': [
    ...operators,
    'src/operators/{log,access/log-in}/*',
    'src/operators/desk-types',
  ],
  'src/operators/access/log-in': [
    ...operators,
    'src/operators/{access,log}/*',
    'src/operators/desk-types',
  ],
  'src/operators/access/accounts': [
    ...operators,
    'src/operators/{access,log,access/log-in}/*',
    'src/operators/desk-types',
  ],
  'src/operators/log': [
    ...feature,
    'src/operators/access/*',
    'src/operators/desk-types',
    'src/receipts/core/canonical',
  ],
  'src/operators/customers/timeline': [
    ...operators,
    'src/operators/{access,log}/*',
    'src/operators/{desk-types,customers/*}',
  ],
  'src/operators/customers': [
    ...operators,
    'src/operators/{access,log,proposals,customers/timeline}/*',
    'src/operators/*',
  ],
  'src/operators/audit': [...operators, 'src/operators/{access,log}/*', 'src/operators/*'],
  'src/operators/proposals': [
    ...operators,
    'src/operators/{access,log,customers}/*',
    'src/operators/*',
  ],
  'src/operators/tariffs': [
    ...operators,
    'src/operators/{access,log}/*',
    'src/operators/access/accounts/store',
  ],
  'src/operators/finance/core': [...common, 'src/wallets/core/*', 'src/payments/core/*'],
  'src/operators/finance': [
    ...operators,
    'src/operators/{access,log}/*',
    'src/operators/schemas',
    'src/operators/finance/{core,settlements}/*',
  ],
  'src/operators/finance/settlements': [
    ...common,
    'src/{payments,wallets,exceptions}/**',
    'src/operators/finance/{table,core/*}',
  ],
  'src/health': [...http, 'migrations/meta/_journal.json'],
  'src/dev': [...http, 'src/dev/simulator/*'],
  'src/dev/simulator': [...http, 'src/payments/monnify/signature'],
  src: ['src/**'],
  client: ['client/signaling/*'],
  'client/signaling': ['client/*'],
  'client/build': ['client/build/*'],
  'web/console': ['client/*', 'web/shared/*', 'web/console/webhooks/*', ...pure],
  'web/console/webhooks': ['client/*', 'web/shared/*', 'web/console/{desk,fold}', ...pure],
  'web/call': ['client/*', 'web/shared/*', 'web/call/session/*', ...pure],
  'web/call/session': ['client/*', ...pure],
  'web/simulator': ['web/shared/*', ...pure],
  'web/api': ['client/*', 'web/shared/*'],
  'web/account': ['client/*', 'web/shared/*'],
  'web/verify': ['web/shared/*', ...pure],
  'web/prices': ['client/*', 'web/shared/*', ...pure],
  'web/desk': ['web/shared/*', 'web/desk/*/*', ...pure],
  'web/desk/access': desk,
  'web/desk/base': desk,
  'web/desk/customers': desk,
  'web/desk/exceptions': desk,
  'web/desk/finance': desk,
  'web/desk/home': desk,
  'web/desk/log': desk,
  'web/desk/money': desk,
  'web/desk/operators': desk,
  'web/desk/parts': desk,
  'web/desk/proposals': desk,
  'web/desk/tariffs': desk,
  'web/shared': ['client/*', ...pure],
  scripts: ['client/*', ...pure, 'scripts/*/*'],
  'scripts/aileana': [
    'client/*',
    ...pure,
    'scripts/{cli,aileana,aileana/{monnify,operators,webhooks}}/*',
  ],
  'scripts/aileana/monnify': ['client/*', ...pure, 'scripts/{cli,aileana}/*'],
  'scripts/aileana/webhooks': [
    'client/*',
    ...pure,
    'scripts/{cli,aileana}/*',
    'scripts/aileana/operators/{credential,terminal}',
  ],
  'scripts/aileana/operators': ['src/operators/desk-types', 'scripts/{cli,aileana}/*'],
  'scripts/cli': [],
  'scripts/coturn-agent': [...pure, 'src/common/settings/fields', 'scripts/{cli,coturn-agent}/*'],
  'scripts/import-rule': ['oxlint.config'],
  'scripts/loader': [],
  'scripts/openapi': [
    'src/{app,deps}',
    'src/http/*',
    'src/events/{data-schemas,core/catalogue}',
    'scripts/{cli,loader,openapi}/*',
  ],
  'test/verification/books': harness,
  'test/verification/crash': harness,
  'test/verification/linearizability': harness,
  [streamJudge]: [`${auditor}/violation`],
}

const framework = ['hono{,/**}', '@hono/**', 'drizzle-orm{,/**}', 'jose', 'cloudflare:*']
const routes = ['src/**/*routes']
/** Files of `src` that may import Hono. */
const hono = [
  ...routes,
  'src/{app,deps,index}',
  'src/http/**',
  'src/dev/**',
  'src/health/unconfigured',
  'src/limits/{client-ip,holder,middleware,quota}',
  'src/common/rate-limit',
  'src/operators/access/{guard,operator-route}',
  'src/**/*schemas',
  'src/{mail/letter,operators/{customers/present-lookup,finance/csv},wallets/statement}',
]

/** Imports that some files may never have, even if their folder may. */
export const neverImport: readonly {
  readonly from: readonly string[]
  readonly notFrom?: readonly string[]
  readonly to: readonly string[]
  readonly notTo?: readonly string[]
  readonly allowsTypes?: true
  readonly why: string
}[] = [
  {
    from: ['**'],
    to: ['aileana{,/**}', '#**'],
    why: 'Import by a relative path, which the table can check.',
  },
  {
    from: pure,
    to: [...framework, 'node:*'],
    why: 'A pure file must not import I/O or a framework.',
  },
  {
    from: pure,
    to: ['src/**'],
    notTo: pure,
    allowsTypes: true,
    why: 'A pure file may import pure files. From other files, import types only.',
  },
  {
    from: routes,
    to: ['src/**/*{store,table}', 'src/**/object/*'],
    why: 'Routes must use services, not stores or objects.',
  },
  {
    from: ['src/**/*{service,store,table}'],
    to: routes,
    why: 'Import from lower layers only. The order is routes, service, store, table.',
  },
  {
    from: ['src/**/*{store,table}'],
    to: ['src/**/*service'],
    why: 'Import from lower layers only. The order is routes, service, store, table.',
  },
  {
    from: ['src/**/*table'],
    to: ['src/**/*store'],
    why: 'Import from lower layers only. The order is routes, service, store, table.',
  },
  {
    from: ['src/**'],
    notFrom: hono,
    to: ['hono{,/**}', '@hono/**', 'src/http/**'],
    notTo: ['src/http/pagination'],
    why: 'Services must not depend on HTTP. Only routes, schemas and middleware may import Hono.',
  },
  {
    from: [`${auditor}/*`, `${streamJudge}/*`],
    to: ['**'],
    notTo: ['node:*', `${auditor}/*`, `${streamJudge}/*`],
    why: 'The auditor is independent: it must not import the service or the simulation.',
  },
]

export default defineConfig({
  plugins: ['typescript', 'import', 'unicorn', 'promise', 'vitest'],
  jsPlugins: ['./scripts/import-rule.ts'],
  categories: {
    correctness: 'error',
    suspicious: 'error',
    perf: 'error',
  },
  options: {
    typeAware: true,
  },
  ignorePatterns: [
    'src/worker-env.d.ts',
    'client/schema.ts',
    'client/examples',
    'test/releases',
    'dist',
    '.wrangler',
  ],
  rules: {
    'imports/table': 'error',
    'import/no-cycle': ['error', { ignoreTypes: false }],
    'import/no-default-export': 'error',
    'import/no-unassigned-import': 'off',
    'typescript/no-floating-promises': 'error',
    'typescript/no-misused-promises': 'error',
    'typescript/await-thenable': 'error',
    'typescript/no-explicit-any': 'error',
    'typescript/no-non-null-assertion': 'error',
    'typescript/no-require-imports': 'error',
    'typescript/switch-exhaustiveness-check': 'off',
    'typescript/no-unsafe-type-assertion': 'off',
    'typescript/consistent-type-imports': 'error',
    eqeqeq: 'error',
    'no-console': 'error',
    'no-await-in-loop': 'off',
    'no-restricted-globals': [
      'error',
      { name: 'parseFloat', message: 'Use parseNaira to read amounts of money.' },
    ],
    'unicorn/consistent-function-scoping': 'off',
    'no-shadow': 'off',
    'typescript/restrict-template-expressions': 'off',
    'import/no-named-as-default-member': 'off',
  },
  overrides: [
    {
      files: ['src/common/log.ts', 'scripts/**', 'test/**'],
      rules: { 'no-console': 'off' },
    },
    {
      files: ['test/**'],
      rules: {
        'imports/table': 'off',
        'vitest/no-conditional-expect': 'off',
        'vitest/no-standalone-expect': 'off',
        'vitest/valid-expect': 'off',
        'vitest/expect-expect': 'off',
        'vitest/require-to-throw-message': 'off',
        'unicorn/no-array-sort': 'off',
        'typescript/consistent-return': 'off',
      },
    },
    {
      files: [
        'test/verification/{books,crash,linearizability}/**',
        `${auditor}/**`,
        `${streamJudge}/**`,
      ],
      rules: { 'imports/table': 'error' },
    },
    {
      files: ['web/**'],
      plugins: ['react', 'jsx-a11y'],
      rules: {
        'react/react-in-jsx-scope': 'off',
        'react/no-unknown-property': 'off',
        'react/immutability': 'off',
        'react/purity': 'off',
        'jsx-a11y/prefer-tag-over-role': 'off',
        'jsx-a11y/role-has-required-aria-props': 'off',
        // Tables that a style sheet shows as cards keep their semantics by explicit roles.
        'jsx-a11y/no-redundant-roles': 'off',
        'jsx-a11y/no-interactive-element-to-noninteractive-role': 'off',
        'react/rules-of-hooks': 'error',
        'react/exhaustive-deps': 'error',
      },
    },
    {
      files: [
        'drizzle.config.ts',
        'oxlint.config.ts',
        'scripts/import-rule.ts',
        'src/index.ts',
        'test/verification/bench/floor-worker.ts',
        'test/verification/stream-rate/driver-worker.ts',
        'test/vitest.config.ts',
      ],
      rules: { 'import/no-default-export': 'off' },
    },
  ],
})
