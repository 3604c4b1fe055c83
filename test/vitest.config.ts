/**
 * Five projects: `unit` runs the pure modules in Node, `service` runs the Worker in the runtime,
 * `simulation` runs the real money code in Node, with simulated users and faults, `e2e` starts the service as a
 * new developer would, and `media` carries real audio. Except in `simulation`, test files share workers, and
 * therefore modules and globals: a test restores what it replaces.
 */
import { join } from 'node:path'
import { env } from 'node:process'
import { cloudflareTest, readD1Migrations } from '@cloudflare/vitest-plugin'
import { defineConfig } from 'vitest/config'
import { cheapPasswords } from './support/cheap-passwords.ts'
import { heldMail } from './support/held-mail.ts'
import { SuiteTimes } from './support/suite-times.ts'

const root = join(import.meta.dirname, '..')

/** Replaces the module of the Workers runtime where Node runs the service's code. */
const alias = { 'cloudflare:workers': join(root, 'scripts/loader/cloudflare-workers.ts') }

/** Settings for tests only. They override `.dev.vars`. */
const bindings = {
  JWT_SECRET: 'q7Vd2mXw9LrT4bYz8NcJ5hKs1PfG6uAe3RtWxQ0o',
  MONNIFY_API_KEY: 'MK_TEST_UNIT',
  MONNIFY_SECRET_KEY: 'ZK4M8W2Q6T1R9Y3U5P7S',
  MONNIFY_CONTRACT_CODE: '1000200030',
  /** As in `wrangler dev`, which includes the simulator and the console. */
  NODE_ENV: 'development',
  MONNIFY_SIMULATOR: 'on',
  SIMULATED_CUSTOMER: 'pays',
  RELAY_URL: 'https://relay.example/v1',
  RELAY_KEY_ID: 'key-1',
  RELAY_TOKEN: 'GkT4mWq8ZrN2xLs6VbY0cJ7hP1dF5aUe',
  /** More than a test needs; the tests of limits set their own. */
  LIMIT_PAYMENTS: '1000/1s',
  LIMIT_VERIFY: '1000/1s',
  LIMIT_PASSWORDS: '1000/1s',
  LIMIT_EXPORTS: '1000/1s',
}

export default defineConfig({
  root,
  test: {
    silent: 'passed-only',
    reporters: ['default', new SuiteTimes()],
    projects: [
      {
        resolve: { alias },
        test: {
          name: 'unit',
          root,
          pool: 'threads',
          isolate: false,
          testTimeout: 60_000,
          include: ['test/**/*.unit.test.ts'],
          provide: { histories: Number(env['HISTORIES'] ?? 5000) },
        },
      },
      {
        resolve: { alias },
        test: {
          name: 'simulation',
          root,
          include: ['test/verification/{simulation,streams}/**/*.sim.test.ts'],
          testTimeout: 300_000,
        },
      },
      {
        test: {
          name: 'e2e',
          root,
          isolate: false,
          fileParallelism: false,
          testTimeout: 120_000,
          include: ['test/**/*.e2e.test.ts'],
        },
      },
      {
        test: {
          name: 'media',
          root,
          /** After all other projects: it measures in real time, and needs the machine to itself. */
          sequence: { groupOrder: 1 },
          maxConcurrency: 10,
          testTimeout: 180_000,
          include: ['test/**/*.media.test.ts'],
        },
      },
      {
        plugins: [
          cheapPasswords(),
          heldMail(),
          cloudflareTest(async () => ({
            wrangler: { configPath: join(root, 'wrangler.toml') },
            miniflare: {
              bindings: {
                ...bindings,
                TEST_MIGRATIONS: await readD1Migrations(join(root, 'migrations')),
              },
              outboundService: () => new Response('tests reach no network', { status: 599 }),
            },
          })),
        ],
        test: {
          name: 'service',
          root,
          isolate: false,
          include: ['test/**/*.test.ts'],
          exclude: ['unit', 'e2e', 'sim', 'media'].map((kind) => `test/**/*.${kind}.test.ts`),
          setupFiles: [join(root, 'test/support/storage.ts')],
          globalSetup: [
            join(root, 'test/support/pages.ts'),
            join(root, 'test/verification/fuzz/seed.ts'),
            join(root, 'test/support/intended-crashes.ts'),
          ],
          testTimeout: 120_000,
          hookTimeout: 240_000,
        },
      },
    ],
  },
})
