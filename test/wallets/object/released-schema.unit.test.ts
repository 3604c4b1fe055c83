/** Released schema steps, of wallet and stream objects and of D1: code rolls back, schemas do not. */
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { STREAM_STEPS } from '../../../src/events/object/tables'
import { SCHEMA_STEPS } from '../../../src/wallets/object/tables/migrations'
import { notAdditive } from '../../support/released-schema'

/** SHA-256 of each step. A new step adds a row; a row never changes. */
const WALLET_STEPS: readonly string[] = [
  'ff7e19248f42320c69a10a86ffae75c3002641db831754e5e8c1d753d44381f6',
  '04d6b1ab0c1877a602e6e89e0b7cf7fae23fd4876b6b97bf408b128a35535ffb',
  'ca52cf1f92e2d053086eb6f44efb053ce46ee94ce2d2a893d72a740791ca2aa5',
  'bc4478e7310dfa10544649ccb8b596339889bc4d84d366f469f426f5f493be4d',
  '40dc23a335320ca58ee258e3bc6848d354fb0bfc61a9505d82234a9774fad205',
  '081fbc43e1aafe77228aa980759dd30f24a170c22c4f15300fb78febc803da08',
  '90c9102a6f6b568bf4d692732c29a113172807c31fac05293ddc1585f8f71313',
  '4488083ff9d66fe7d387a39cae9da2c690bd515e9cdf61a96c4e4426db4d6968',
  'd66684d86a23063297c8cec5a560f3d89dda1a2ed0363a60cd3ef79aa809d09d',
  '8cfbd735d5558d0eb14fd079f0af45eb37ac3f17f805b323697219270ae5014c',
]

/** SHA-256 of each step of the stream object, likewise. */
const STREAM_HASHES: readonly string[] = [
  '6227fc994afa892cfcfb660ac12d54c92c31f0f419968b486cc3ae1fe59f3a19',
]

/** SHA-256 of each migration, likewise. */
const MIGRATIONS: Readonly<Record<string, string>> = {
  '0000_initial.sql': 'eb85b9717fe74a408bbd32dc5ee94f209d030f4d4bb1cf0638d9f4df93be3038',
  '0001_sessions.sql': '3af942d636a7304e90c93e0186b7caab16e1eab7125aa913a5f93e97d71aa657',
  '0002_calls_of_a_wallet.sql': 'c9be47f625a48bba842317b0b9b75cec8a3eb92267a693df09bbd5d5876db1d4',
  '0003_webhooks_of_a_payment.sql':
    '3ed474bcff80294a99b507d5850b4c642eed2391351d768e81349a7efa409233',
  '0004_polls_and_exceptions.sql':
    '92f9cd765d22d7b933c7d1a29ebc8fecbcb7b2d91f0ab407ac40245835ca0dff',
  '0005_payments_by_monnify_reference.sql':
    'add32ec8dc04f46b440ce5933ce41a0a58060ebe485a0ab0636e9b7dadab213f',
  '0007_money_that_goes_back.sql':
    'd97b02708516ac6f1baca8a30f9a4e713080f37141c95d76d502172431817f80',
  '0006_bounded_lists.sql': '6bcccd22d4a45b895b65250b4f7e5b8afe7107107e1f468ca9f5ceec54a772a1',
  '0010_news_of_payments.sql': 'da2cd61019130e662d0288bf678dd69babb60ddeb6a47c05417fe5d6eb13fa26',
  '0011_passkeys.sql': '353ad911028ea6a34e3cf2c8116f4b05cf8e64663bbbeba5442d9a13aa141e37',
  '0009_accounts_to_keep.sql': '43b42eff383276ebe29f4624d04f0e68dd0ca83b24029812d3a9777c84ca19da',
  '0008_audit_failures.sql': '9c651f7077b3cdf4d1a4461859ce8c05523bc92245ebc902ec3050b55e76786c',
  '0012_leaving.sql': '6157bf62c33883034230deb1ef98e4be4203a187fb9e23d445716d67430ba479',
  '0014_back_office.sql': '17f33b3721468fa5469ad975072afa1f6fabde82439d340751aad16b0037f18d',
  '0015_finance_and_search.sql': 'd57147d6fbc4f6082430520b221235d105734bceeb10894eb0809dbbaa04f0f4',
  '0016_event_streams.sql': '890c431d97abc8928b675584c6a94f6d96c9fb102da9c49db7b13119a6de6e4d',
  '0013_receipts.sql': '846016f382da54700d87ca093297bd382c5cf26a946af468a2509fe1d05f0189',
}

/** Number of steps that were released before steps could only add. */
const FREE_WALLET_STEPS = 4
const FREE_MIGRATIONS = 4

const FOLDER = join(import.meta.dirname, '../../../migrations')
const migrations = readdirSync(FOLDER)
  .filter((name) => name.endsWith('.sql'))
  .toSorted()
  .map((name) => ({ name, sql: readFileSync(join(FOLDER, name), 'utf8') }))

const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex')

describe('a released schema step', () => {
  it('of the wallet object is never edited', () => {
    expect(SCHEMA_STEPS.map(hashOf)).toEqual(WALLET_STEPS)
  })

  it('of the stream object is never edited', () => {
    expect(STREAM_STEPS.map(hashOf)).toEqual(STREAM_HASHES)
  })

  it('of D1 is never edited', () => {
    const hashes = migrations.map(({ name, sql }) => [name, hashOf(sql)])
    expect(Object.fromEntries(hashes)).toEqual(MIGRATIONS)
  })

  it('adds to the schema and does nothing else', () => {
    const later = [
      ...SCHEMA_STEPS.slice(FREE_WALLET_STEPS),
      ...STREAM_STEPS,
      ...migrations.slice(FREE_MIGRATIONS).map(({ sql }) => sql),
    ]
    expect(later.flatMap(notAdditive)).toEqual([])
  })
})

describe('the rule for later steps', () => {
  it.each([
    'CREATE TABLE backoff (id INTEGER PRIMARY KEY, failures INTEGER NOT NULL);',
    'CREATE TABLE `keys` (`id` text);--> statement-breakpoint\nCREATE UNIQUE INDEX `keys_id` ON `keys` (`id`);',
    'ALTER TABLE entries ADD COLUMN note TEXT; CREATE INDEX entries_note ON entries (note);',
    'ALTER TABLE `users` ADD `frozen` integer DEFAULT 0 NOT NULL;',
    'ALTER TABLE calls ADD COLUMN room TEXT; UPDATE calls SET room = uuid',
    `CREATE TABLE acts (seq INTEGER);
     CREATE TRIGGER acts_keep BEFORE UPDATE ON acts BEGIN SELECT RAISE(ABORT, 'append-only'); END;`,
  ])('accepts %j', (step) => {
    expect(notAdditive(step)).toEqual([])
  })

  it.each([
    'DROP TABLE reversals',
    'DROP INDEX calls_closed',
    'ALTER TABLE calls DROP COLUMN ticket',
    'ALTER TABLE calls RENAME TO call_rows',
    'ALTER TABLE calls RENAME COLUMN ticket TO token',
    'PRAGMA foreign_keys=OFF;--> statement-breakpoint',
    'CREATE UNIQUE INDEX payments_monnify ON payments (monnify_reference)',
    "CREATE TRIGGER no_calls BEFORE INSERT ON calls BEGIN SELECT RAISE(ABORT, 'no'); END;",
    'INSERT INTO wallet VALUES (2)',
    'DELETE FROM used_tickets',
  ])('rejects %j', (step) => {
    expect(notAdditive(step)).toHaveLength(1)
  })
})
